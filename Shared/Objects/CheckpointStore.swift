package import AWS

/// The S3 store of unfinished trainings, which a later invocation resumes: `checkpoints/<model id>/latest`.
///
/// Training is deterministic: all checkpoints of a model belong to the same training, so the last write may win.
package struct CheckpointStore: Sendable {
    private static let hash = "sha256"

    private let s3: S3Client
    private let bucket: String

    package init(_ s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    /// The object key of a model's checkpoint.
    package static func key(model id: String) -> String { "checkpoints/\(id)/latest" }

    /// Stores a checkpoint in place of the model's earlier one.
    package func put(
        model id: String, _ bytes: [UInt8], deadline: ContinuousClock.Instant = .now + .seconds(120)
    ) async throws(AWSError) {
        try await s3.put(
            bucket: bucket, key: Self.key(model: id), body: bytes, metadata: [Self.hash: Digest.sha256Hex(bytes)], deadline: deadline)
    }

    /// Reads a model's checkpoint; `nil` if there is none or its bytes are damaged, in which case training starts from the beginning.
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
