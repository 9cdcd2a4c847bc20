/// What notifications need of the S3 server. The command supplies it; the emulator itself speaks no S3.
package protocol ObjectStore: Sendable {
    /// Changes whenever the server runs as a new process, because a dead one forgets the changes it has not told yet.
    func generation() async throws -> String

    /// Puts an empty object whose key is `key` into a bucket of which the server tells the webhook: one without
    /// versioning and without notifications of its own, which may be made on the first call.
    func putSentinel(_ key: String) async throws

    /// Removes it again. Failing does no harm.
    func removeSentinel(_ key: String) async throws

    /// Every version of every object under a prefix; delete markers left out.
    func objects(bucket: String, prefix: String) async throws -> [StoredObject]
}

/// One version of an object.
package struct StoredObject: Sendable, Hashable {
    package var bucket: String
    package var key: String
    /// Without quotes; empty when unknown.
    package var etag: String
    package var size: Int64
    /// `nil` in a bucket without versions.
    package var versionID: String?
    /// Seconds since 1970; 0 when unknown.
    package var modified: Int64

    package init(bucket: String, key: String, etag: String, size: Int64, versionID: String? = nil, modified: Int64 = 0) {
        self.bucket = bucket
        self.key = key
        self.etag = etag.trimmingQuotes
        self.size = size
        self.versionID = versionID == "null" || versionID == "" ? nil : versionID
        self.modified = modified
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        guard hasPrefix("\""), hasSuffix("\""), count > 1 else { return self }
        return String(dropFirst().dropLast())
    }
}
