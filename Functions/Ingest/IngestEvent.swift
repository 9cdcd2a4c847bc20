import FoundationEssentials
import Logging
package import Market

/// An event for Ingest, from a schedule, from an operator, or from Ingest itself with a slice of a larger run.
package enum IngestEvent: Decodable, Sendable, Equatable {
    /// `{"exchange": "XNAS", "time"}`: the evening schedule of one exchange.
    case scheduled(exchange: String, time: Instant)
    /// `{"symbols": ["AAPL"], "from": "2010-01-04", "provider", "exchange", "time"}`, a backfill: the given symbols, from a session on (nil: the missing sessions), from one provider (nil: the providers in order).
    case direct(symbols: [String], exchange: String?, from: SessionDate?, provider: String?, time: Instant)
    /// `{"run", "instruments": [id], "from", "provider", "idle_invocations"}`: a slice of an open run, and the number of invocations in a row that only waited.
    case slice(run: String, instruments: [String], from: SessionDate?, provider: String?, idleInvocations: Int = 0)
    /// `{"reference_data": {…}, "time"}`: new reference data about instruments and exchanges.
    case referenceData(ReferenceDataUpdate, time: Instant)
    /// `{"import": {…}, "time"}`: an uploaded file with prices, which takes the place of a provider's response.
    case file(UploadedFile, time: Instant)
    /// `{"release": {…}, "time"}`: a manual override of quarantined bars.
    case release(QuarantineRelease, time: Instant)
    /// `{"cross_check": ["yahoo", "alphavantage"], "weeks": 4, "time"}` requests the universe's bars of the last `weeks` from the second of two providers, to compare them with the first's. An empty list
    /// means the configured pair.
    case crossCheck([String], weeks: Int, time: Instant)

    /// The event's time; nil for a slice, whose run has one.
    var time: Instant? {
        switch self {
        case .scheduled(_, let time), .direct(_, _, _, _, let time), .referenceData(_, let time), .file(_, let time), .release(_, let time),
            .crossCheck(_, _, let time):
            time
        case .slice: nil
        }
    }

    private enum CodingKeys: String, CodingKey {
        case exchange, time, symbols, from, run, instruments, provider, release, weeks
        case idleInvocations = "idle_invocations", referenceData = "reference_data", file = "import", crossCheck = "cross_check"
    }

    /// The weeks that a cross-check may request: up to a hundred years.
    private static let weeks = 1...5200

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let from = try values.decodeIfPresent(SessionDate.self, forKey: .from)
        let provider = try values.decodeIfPresent(String.self, forKey: .provider)
        if let run = try values.decodeIfPresent(String.self, forKey: .run) {
            self = .slice(
                run: run, instruments: try values.decode([String].self, forKey: .instruments), from: from, provider: provider,
                idleInvocations: try values.decodeIfPresent(Int.self, forKey: .idleInvocations) ?? 0)
            guard case .slice(_, _, _, _, 0...1000) = self else {
                throw DecodingError.dataCorruptedError(
                    forKey: .idleInvocations, in: values, debugDescription: "not a number of invocations from 0 to 1000")
            }
            return
        }
        let time = try values.decode(Instant.self, forKey: .time)
        if let data = try values.decodeIfPresent(ReferenceDataUpdate.self, forKey: .referenceData) {
            self = .referenceData(data, time: time)
        } else if let file = try values.decodeIfPresent(UploadedFile.self, forKey: .file) {
            self = .file(file, time: time)
        } else if let release = try values.decodeIfPresent(QuarantineRelease.self, forKey: .release) {
            self = .release(release, time: time)
        } else if let pair = try values.decodeIfPresent([String].self, forKey: .crossCheck) {
            let weeks = try values.decodeIfPresent(Int.self, forKey: .weeks) ?? 4
            guard Self.weeks.contains(weeks) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .weeks, in: values,
                    debugDescription: "not a number of weeks from \(Self.weeks.lowerBound) to \(Self.weeks.upperBound)")
            }
            self = .crossCheck(pair, weeks: weeks, time: time)
        } else if let symbols = try values.decodeIfPresent([String].self, forKey: .symbols) {
            let exchange = try values.decodeIfPresent(String.self, forKey: .exchange)
            self = .direct(symbols: symbols, exchange: exchange, from: from, provider: provider, time: time)
        } else {
            self = .scheduled(exchange: try values.decode(String.self, forKey: .exchange), time: time)
        }
    }
}

/// The result of one invocation of Ingest.
package struct IngestSummary: Encodable, Sendable {
    var run: String?
    var session: SessionDate?
    /// The number of instruments in the invocation's slice.
    var expected = 0
    /// The symbols with a new response, and the symbols whose response was archived before.
    var stored: [String] = []
    var unchanged: [String] = []
    /// The kinds of the providers' errors by symbol, for instruments without a response.
    var failed: [String: String] = [:]
    /// The number of slices that were enqueued for further invocations.
    var continuations = 0
    /// The number of entries of reference data that were stored.
    var referenceData: Int?
    var imported: FileImportSummary?
    /// The reason why there was nothing to do.
    var note: String?

    private enum CodingKeys: String, CodingKey {
        case run, session, expected, stored, unchanged, failed, continuations, referenceData = "reference_data", imported, note
    }
}

extension IngestSummary {
    /// The summary as fields of a log message.
    var metadata: Logger.Metadata {
        [
            "run": "\(run ?? "")", "stored": "\(stored.count)", "unchanged": "\(unchanged.count)", "continuations": "\(continuations)",
            "failed": .dictionary(failed.mapValues { "\($0)" }),
        ]
    }
}
