package import AWS

/// A training on its way, for the invocation that goes on with it: `checkpoints/<model id>/latest`.
///
/// Trainings are deterministic, so that every checkpoint of a model lies on the same path and the one written last may replace any other.
package struct CheckpointStore: Sendable {
    private static let hash = "sha256"

    private let s3: S3Client
    private let bucket: String

    package init(_ s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    package static func key(model id: String) -> String { "checkpoints/\(id)/latest" }

    package func put(
        model id: String, _ bytes: [UInt8], deadline: ContinuousClock.Instant = .now + .seconds(120)
    ) async throws(AWSError) {
        try await s3.put(
            bucket: bucket, key: Self.key(model: id), body: bytes, metadata: [Self.hash: Digest.sha256Hex(bytes)], deadline: deadline)
    }

    /// The checkpoint; `nil` when there is none, or its bytes are not what was written: the training then starts anew.
    package func get(
        model id: String, deadline: ContinuousClock.Instant = .now + .seconds(120)
    ) async throws(AWSError) -> [UInt8]? {
        do throws(AWSError) {
            let object = try await s3.get(bucket: bucket, key: Self.key(model: id), deadline: deadline)
            return Digest.sha256Hex(object.body) == object.metadata[Self.hash] ? object.body : nil
        } catch {
            guard error.status == 404 || error.code == .corrupted else { throw error }
            return nil
        }
    }
}
