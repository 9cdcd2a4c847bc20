package import AWS
import Market

/// The bytes that providers sent, kept for ever under names made from their content.
package struct ResponseArchive: Sendable {
    private let s3: S3Client
    private let bucket: String

    package init(_ s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    /// Keeps a response. The same bytes about the same thing on the same date are there already, with the record of the first time.
    ///
    /// - Parameter isRefusal: the provider refused; the response goes to `refused/`, where nothing is notified.
    package func put(
        _ body: [UInt8], _ record: ResponseMetadata, isRefusal: Bool = false, part: Int = 0,
        deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) async throws(AWSError) -> (key: ResponseKey, outcome: PutOutcome) {
        let key = ResponseKey(
            root: isRefusal ? .refused : .raw, provider: record.provider, kind: record.kind, instrument: record.instrument,
            date: record.knownAt.utcDate, sha256: Digest.sha256Hex(body), part: part)
        let outcome = try await s3.put(
            bucket: bucket, key: key.description, body: body, metadata: record.metadata,
            contentType: record.contentType ?? "application/octet-stream", ifNoneMatch: true, deadline: deadline)
        return (key, outcome)
    }

    /// Reads a response and compares its bytes with the hash in its name.
    package func get(
        _ key: String, maximumBytes: Int = 256 << 20, deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) async throws(AWSError) -> ArchivedResponse {
        guard let name = ResponseKey(key) else { throw AWSError(.invalidRequest, "\(key) is no key of the raw archive") }
        let object = try await s3.get(bucket: bucket, key: key, maximumBytes: maximumBytes, deadline: deadline)
        guard Digest.sha256Hex(object.body) == name.sha256 else {
            throw AWSError(.corrupted, "the bytes of \(key) do not match the hash in its name", status: 200)
        }
        guard let record = ResponseMetadata(metadata: object.metadata, contentType: object.head.contentType) else {
            throw AWSError(.unreadableAnswer, "\(key) lacks the metadata of an archived response", status: 200)
        }
        return ArchivedResponse(key: name, record: record, body: object.body, versionId: object.versionId)
    }

    /// The keys under `raw/`, of one provider and kind where given.
    package func list(provider: String? = nil, kind: String? = nil, startAfter: String? = nil) -> S3Listing {
        let folders = ["raw", provider, provider == nil ? nil : kind].compactMap { $0 }
        return s3.list(bucket: bucket, prefix: folders.joined(separator: "/") + "/", startAfter: startAfter)
    }
}
