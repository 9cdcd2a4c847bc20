package import Market

/// Where a response came from and when; kept as the object's metadata.
package struct ResponseMetadata: Hashable, Sendable {
    package let provider: String
    package let kind: String
    /// `nil` for a response about many instruments.
    package let instrument: String?
    /// The request's URL without its key.
    package let url: String
    /// HTTP status of the response.
    package let status: Int
    package let contentType: String?
    /// The event's time: what is known from this response is known as of then.
    package let knownAt: Instant
    /// The wall clock when the response arrived.
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
        self.contentType = contentType
        self.knownAt = knownAt
        self.fetchedAt = fetchedAt
    }
}

extension ResponseMetadata {
    /// As S3 user metadata.
    var metadata: [String: String] {
        var entries = [
            "provider": provider, "kind": kind, "source-url": url, "status": "\(status)", "as-of": "\(knownAt)",
            "fetched-at": "\(fetchedAt)",
        ]
        entries["instrument"] = instrument
        return entries
    }

    init?(metadata: [String: String], contentType: String?) {
        guard let provider = metadata["provider"], let kind = metadata["kind"], let url = metadata["source-url"],
            let status = metadata["status"].flatMap({ Int($0) }), let knownAt = metadata["as-of"].flatMap({ Instant($0) }),
            let fetchedAt = metadata["fetched-at"].flatMap({ Instant($0) })
        else { return nil }
        self.init(
            provider: provider, kind: kind, instrument: metadata["instrument"], url: url, status: status, contentType: contentType,
            knownAt: knownAt, fetchedAt: fetchedAt)
    }
}

/// An archived response.
package struct ArchivedResponse: Sendable {
    package let key: ResponseKey
    package let record: ResponseMetadata
    package let body: [UInt8]
    package let versionId: String?
}
