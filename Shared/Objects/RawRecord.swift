package import Market

/// Where an answer came from and when; kept as the object's metadata.
package struct RawRecord: Hashable, Sendable {
    package let provider: String
    package let kind: String
    /// `nil` for an answer about many instruments.
    package let instrument: String?
    /// The request's URL without its key.
    package let url: String
    /// HTTP status of the answer.
    package let status: Int
    package let contentType: String?
    /// The event's time: what is known from this answer is known as of then.
    package let knownAt: Instant
    /// The wall clock when the answer arrived.
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

extension RawRecord {
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

/// An archived answer.
package struct RawObject: Sendable {
    package let key: RawKey
    package let record: RawRecord
    package let body: [UInt8]
    package let versionId: String?
}
