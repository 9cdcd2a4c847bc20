/// Asks Featurize to finish a run: to compute the cross-sections of its exchanges and to invoke Predict. Ignored while
/// instruments of the run are pending, unless `remaining` continues an earlier invocation.
package struct FinishRunEvent: Codable, Hashable, Sendable {
    package let run: String
    /// Where to continue after an invocation ran out of time; nil for the first one.
    package let remaining: Cursor?

    package init(run: String, remaining: Cursor? = nil) {
        self.run = run
        self.remaining = remaining
    }

    /// The exchange and instant whose cross-sections are being computed, and the last session that is finished.
    package struct Cursor: Codable, Hashable, Sendable {
        package let exchange, knownAt: String
        package let after: String?

        package init(exchange: String, knownAt: String, after: String?) {
            self.exchange = exchange
            self.knownAt = knownAt
            self.after = after
        }

        private enum CodingKeys: String, CodingKey { case exchange, knownAt = "known_at", after }
    }
}

/// Asks Ingest or Predict to process some instruments of a run.
package struct RunSliceEvent: Codable, Hashable, Sendable {
    package let run: String
    /// The instruments' ids.
    package let instruments: [String]
    /// The first session to request, `YYYY-MM-DD`; only for Ingest. nil requests the missing sessions.
    package let from: String?
    /// The only provider to query; only for Ingest. nil queries providers in their order.
    package let provider: String?
    /// The number of invocations in a row that only waited; only for Ingest.
    package let idleInvocations: Int?

    package init(run: String, instruments: [String], from: String? = nil, provider: String? = nil, idleInvocations: Int? = nil) {
        self.run = run
        self.instruments = instruments
        self.from = from
        self.provider = provider
        self.idleInvocations = idleInvocations
    }

    private enum CodingKeys: String, CodingKey { case run, instruments, from, provider, idleInvocations = "idle_invocations" }
}
