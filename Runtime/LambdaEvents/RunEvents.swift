/// Tells Featurize that all of a run's objects are in: it makes the cross-sections and hands the run on.
package struct RunCompleteEvent: Codable, Hashable, Sendable {
    package let run: String
    package let crossSection: Bool
    /// Where the cross-sections have come to; absent: at their start.
    package let rest: Rest?

    package init(run: String, rest: Rest? = nil) {
        self.run = run
        crossSection = true
        self.rest = rest
    }

    /// The exchange and the instant that are being worked on, and the last session that is done.
    package struct Rest: Codable, Hashable, Sendable {
        package let exchange, knownAt: String
        package let after: String?

        package init(exchange: String, knownAt: String, after: String?) {
            self.exchange = exchange
            self.knownAt = knownAt
            self.after = after
        }
    }
}

/// Part of a run, which one invocation hands to another.
package struct RunSliceEvent: Codable, Hashable, Sendable {
    package let run: String
    /// Ids.
    package let instruments: [String]
    /// The first session to ask a provider for, `YYYY-MM-DD`; only Ingest's slices have one.
    package let from: String?
    /// The one provider to ask; only Ingest's slices have one.
    package let provider: String?
    /// Invocations in a row that did nothing but wait; only Ingest's slices have any.
    package let idle: Int?

    package init(run: String, instruments: [String], from: String? = nil, provider: String? = nil, idle: Int? = nil) {
        self.run = run
        self.instruments = instruments
        self.from = from
        self.provider = provider
        self.idle = idle
    }
}
