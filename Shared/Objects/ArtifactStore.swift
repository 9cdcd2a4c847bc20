package import AWS

/// The S3 store of trained models: `models/<id>/model.safetensors`, each written once.
package struct ArtifactStore: Sendable {
    /// The key and hash of an artifact, as stored in the model's database row.
    package struct Reference: Hashable, Sendable {
        package let key: String
        /// SHA-256 of the artifact, 64 lower-case hexadecimal digits.
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

    /// The object key of a model's artifact.
    package static func key(model id: String) -> String { "models/\(id)/model.safetensors" }

    /// Stores an artifact and returns its reference. If the model already has an artifact, the existing artifact stays.
    package func put(
        model id: String, _ bytes: [UInt8], deadline: ContinuousClock.Instant = .now + .seconds(120)
    ) async throws(AWSError) -> Reference {
        let key = Self.key(model: id)
        let outcome = try await s3.put(bucket: bucket, key: key, body: bytes, ifNoneMatch: true, deadline: deadline)
        guard outcome == .existed else { return Reference(key: key, sha256: Digest.sha256Hex(bytes)) }
        let stored = try await s3.get(bucket: bucket, key: key, deadline: deadline)
        return Reference(key: key, sha256: Digest.sha256Hex(stored.body))
    }

    /// Reads an artifact and verifies its hash.
    ///
    /// - Throws: `AWSError` with the code `corrupted` if the hash differs.
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
