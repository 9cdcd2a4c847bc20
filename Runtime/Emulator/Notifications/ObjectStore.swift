/// The operations of the S3 server that object notifications need. The command implements them.
package protocol ObjectStore: Sendable {
    /// Identifies the server's process. A new process has lost the changes that were not posted yet.
    func generation() async throws -> String

    /// Puts an empty object into a bucket whose changes are posted to the webhook, without versions and notifications. The first call may
    /// create the bucket.
    func putSentinel(_ key: String) async throws

    /// Removes a sentinel. An error does no harm.
    func removeSentinel(_ key: String) async throws

    /// Every version of every object under a prefix, without delete markers.
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
