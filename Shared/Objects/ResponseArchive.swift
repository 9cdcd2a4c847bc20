package import AWS
import Market

/// The S3 archive of providers' responses: write-once objects whose keys contain the hash of their bytes.
package struct ResponseArchive: Sendable {
    private let s3: S3Client
    private let bucket: String

    package init(_ s3: S3Client, bucket: String) {
        self.s3 = s3
        self.bucket = bucket
    }

    /// Stores a response. If the same bytes are already archived under the same key, the first object and its metadata stay.
    ///
    /// - Parameters:
    ///   - isRejected: the provider sent an error; the response is stored under `rejected/`, which triggers no notification.
    ///   - part: separates responses of one day that have the same bytes.
    package func put(
        _ body: [UInt8], _ metadata: ResponseMetadata, isRejected: Bool = false, part: Int = 0,
        deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) async throws(AWSError) -> ArchivedResponse {
        let key = ResponseKey(
            root: isRejected ? .rejected : .raw, provider: metadata.provider, kind: metadata.kind, instrument: metadata.instrument,
            date: metadata.knownAt.utcDate, sha256: Digest.sha256Hex(body), part: part)
        let outcome = try await s3.put(
            bucket: bucket, key: key.description, body: body, metadata: metadata.headers,
            contentType: metadata.contentType ?? "application/octet-stream", ifNoneMatch: true, deadline: deadline)
        return ArchivedResponse(key: key, metadata: metadata, body: body, versionId: nil, isNew: outcome == .created)
    }

    /// Reads a response, which is refused from twice the size of the largest one that is fetched, and verifies its bytes against the hash in its
    /// key.
    ///
    /// - Throws: `AWSError` with the code `corrupted` if the hash differs, `unreadableResponse` if metadata is missing.
    package func get(
        _ key: String, maximumBytes: Int = 32 << 20, deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) async throws(AWSError) -> ArchivedResponse {
        guard let parsed = ResponseKey(key) else { throw AWSError(.invalidRequest, "\(key) is not a key of the response archive") }
        let object = try await s3.get(bucket: bucket, key: key, maximumBytes: maximumBytes, deadline: deadline)
        guard Digest.sha256Hex(object.body) == parsed.sha256 else {
            throw AWSError(.corrupted, "the bytes of \(key) do not match the hash in its key", status: 200)
        }
        guard let metadata = ResponseMetadata(headers: object.metadata, contentType: object.head.contentType) else {
            throw AWSError(.unreadableResponse, "\(key) lacks the metadata of an archived response", status: 200)
        }
        return ArchivedResponse(key: parsed, metadata: metadata, body: object.body, versionId: object.versionId)
    }

    /// Lists the keys under `raw/`, optionally of one provider and kind, in the order of S3.
    package func list(provider: String? = nil, kind: String? = nil, startAfter: String? = nil) -> S3Listing {
        let folders = ["raw", provider, provider == nil ? nil : kind].compactMap { $0 }
        return s3.list(bucket: bucket, prefix: folders.joined(separator: "/") + "/", startAfter: startAfter)
    }
}
