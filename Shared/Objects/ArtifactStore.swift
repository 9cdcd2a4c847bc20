package import AWS

/// Trained models as files: `models/<id>/model.safetensors`.
package struct ArtifactStore: Sendable {
    /// Where an artifact lies and what its bytes are; both stand in the model's row.
    package struct Reference: Hashable, Sendable {
        package let key: String
        /// 64 lower-case hexadecimal digits.
        package let sha256: String

        package init(key: String, sha256: String) {
            self.key = key
            self.sha256 = sha256
        }
    }

    private let s3: S3Client
    private let bucket: String

    package init(_ s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    package static func key(model id: String) -> String { "models/\(id)/model.safetensors" }

    /// Keeps an artifact. When the model has one already, that one stays and its hash is handed back.
    package func put(
        model id: String, _ bytes: [UInt8], deadline: ContinuousClock.Instant = .now + .seconds(120)
    ) async throws(AWSError) -> Reference {
        let key = Self.key(model: id)
        let outcome = try await s3.put(bucket: bucket, key: key, body: bytes, ifNoneMatch: true, deadline: deadline)
        guard outcome == .existed else { return Reference(key: key, sha256: Digest.sha256Hex(bytes)) }
        let kept = try await s3.get(bucket: bucket, key: key, deadline: deadline)
        return Reference(key: key, sha256: Digest.sha256Hex(kept.body))
    }

    /// Reads an artifact; bytes with another hash are refused as `AWSErrorCode.corrupted`.
    package func get(
        _ reference: Reference, deadline: ContinuousClock.Instant = .now + .seconds(120)
    ) async throws(AWSError) -> [UInt8] {
        let object = try await s3.get(bucket: bucket, key: reference.key, deadline: deadline)
        guard Digest.sha256Hex(object.body) == reference.sha256 else {
            throw AWSError(.corrupted, "the bytes of \(reference.key) do not match the hash in the model's row", status: 200)
        }
        return object.body
    }
}
