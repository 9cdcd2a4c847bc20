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
    /// - Throws: `AWSError` with the code `corrupted` if the hash differs, or if metadata is missing or names something else than the key.
    package func get(
        _ key: String, maximumBytes: Int = 32 << 20, deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) async throws(AWSError) -> ArchivedResponse {
        guard let parsed = ResponseKey(key) else { throw AWSError(.invalidRequest, "\(key) is not a key of the response archive") }
        let object = try await s3.get(bucket: bucket, key: key, maximumBytes: maximumBytes, deadline: deadline)
        guard Digest.sha256Hex(object.body) == parsed.sha256 else {
            throw AWSError(.corrupted, "the bytes of \(key) do not match the hash in its key", status: 200)
        }
        guard let metadata = ResponseMetadata(headers: object.metadata, contentType: object.head.contentType) else {
            throw AWSError(.corrupted, "\(key) lacks the metadata of an archived response", status: 200)
        }
        guard (metadata.provider, metadata.kind, metadata.instrument) == (parsed.provider, parsed.kind, parsed.instrument) else {
            throw AWSError(.corrupted, "the metadata of \(key) name another provider, kind or instrument than its key", status: 200)
        }
        return ArchivedResponse(key: parsed, metadata: metadata, body: object.body, versionId: object.versionId)
    }

    /// The folders under `raw/` by the instrument in their keys, and the keys that lie outside of such folders.
    package struct Folders: Sendable {
        /// The prefixes of the keys about each instrument, by instrument id.
        package var prefixes: [String: [String]] = [:]
        /// Keys that are none of the archive or name no instrument.
        package var others: [String] = []
    }

    /// Finds the folders under `raw/`, with one request for each provider and kind and for each thousand instruments.
    package func folders(deadline: ContinuousClock.Instant = .now + .seconds(120)) async throws(AWSError) -> Folders {
        var folders = Folders()
        var level = ["raw/"]
        for depth in 1...3 {
            var next: [String] = []
            for prefix in level {
                var continuation: String?
                repeat {
                    let page = try await s3.page(
                        bucket: bucket, prefix: prefix, delimiter: "/", continuation: continuation, deadline: deadline)
                    folders.others += page.keys.map(\.key)
                    next += page.commonPrefixes
                    continuation = page.continuation
                } while continuation != nil
            }
            level = next
            guard depth == 3 else { continue }
            for prefix in level {
                if let instrument = ResponseKey.instrument(ofFolder: prefix) {
                    folders.prefixes[instrument, default: []].append(prefix)
                } else {
                    for try await object in s3.list(bucket: bucket, prefix: prefix, deadline: deadline) {
                        folders.others.append(object.key)
                    }
                }
            }
        }
        return folders
    }

    /// The keys under a folder.
    package func keys(
        in folder: String, deadline: ContinuousClock.Instant = .now + .seconds(120)
    ) async throws(AWSError) -> [String] {
        var keys: [String] = []
        for try await object in s3.list(bucket: bucket, prefix: folder, deadline: deadline) { keys.append(object.key) }
        return keys
    }
}
