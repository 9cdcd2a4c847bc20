import Formats
package import Market

/// A provider's response as stored in the archive.
package struct ArchivedResponse: Sendable {
    package let key: ResponseKey
    package let metadata: ResponseMetadata
    package let body: [UInt8]
    package let versionId: String?
    /// Whether `ResponseArchive.put` has just created the object; `false` if the object existed or was read.
    package let isNew: Bool

    package init(key: ResponseKey, metadata: ResponseMetadata, body: [UInt8], versionId: String?, isNew: Bool = false) {
        self.key = key
        self.metadata = metadata
        self.body = body
        self.versionId = versionId
        self.isNew = isNew
    }
}

/// The origin and times of a response, stored as the object's S3 user metadata.
package struct ResponseMetadata: Hashable, Sendable {
    package let provider: String
    package let kind: String
    /// The instrument's id; `nil` for a response about many instruments.
    package let instrument: String?
    /// The request's URL without its API key.
    package let url: String
    /// The HTTP status of the response.
    package let status: Int
    /// The content type in printable ASCII; `nil` if the response had none or another text.
    package let contentType: String?
    /// The business time of the request: the time from which the bars and actions of the response are known.
    package let knownAt: Instant
    /// The wall-clock time at which the response arrived.
    package let fetchedAt: Instant

    package init(
        provider: String, kind: String, instrument: String?, url: String, status: Int, contentType: String?, knownAt: Instant,
        fetchedAt: Instant
    ) {
        self.provider = provider
        self.kind = kind
        self.instrument = instrument
        self.url = url
        self.status = status
        // A header cannot contain what a provider may send here: control bytes, and bytes outside ASCII.
        self.contentType = contentType.flatMap { $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? $0 : nil }
        self.knownAt = knownAt
        self.fetchedAt = fetchedAt
    }
}

extension ResponseMetadata {
    /// The entries of the `x-amz-meta-` headers.
    var headers: [String: String] {
        var entries = [
            "provider": provider, "kind": kind, "source-url": url, "status": "\(status)", "as-of": "\(knownAt)",
            "fetched-at": "\(fetchedAt)",
        ]
        entries["instrument"] = instrument
        return entries
    }

    init?(headers: [String: String], contentType: String?) {
        guard let provider = headers["provider"], let kind = headers["kind"], let url = headers["source-url"],
            let status = headers["status"].flatMap({ Int($0) }), let knownAt = headers["as-of"].flatMap({ Instant($0) }),
            let fetchedAt = headers["fetched-at"].flatMap({ Instant($0) })
        else { return nil }
        self.init(
            provider: provider, kind: kind, instrument: headers["instrument"], url: url, status: status, contentType: contentType,
            knownAt: knownAt, fetchedAt: fetchedAt)
    }
}
