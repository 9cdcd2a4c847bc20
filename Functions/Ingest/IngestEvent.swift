import FoundationEssentials
import Logging
package import Market

/// What starts an ingestion: a schedule, a person, or Ingest itself with a slice of a larger run.
package enum IngestEvent: Decodable, Sendable, Equatable {
    /// The nightly schedule of one exchange.
    case scheduled(exchange: String, time: Instant)
    /// A backfill or a repair: these symbols, from a date on (`nil`: what is missing), of one provider (`nil`: as preferred).
    case direct(symbols: [String], exchange: String?, from: SessionDate?, provider: String?, time: Instant)
    /// Part of a run that is already open, after so many invocations that only waited.
    case slice(run: String, instruments: [String], from: SessionDate?, provider: String?, idle: Int = 0)
    /// What became known about instruments and exchanges.
    case facts(ReferenceData, time: Instant)
    /// A file in place of a provider's response.
    case imported(UploadedFile, time: Instant)
    /// Rows that the rules hold back and that somebody looked at.
    case release(QuarantineRelease, time: Instant)
    /// What two providers say is to be compared: the second one of the pair (empty: the configured one) is asked for the last weeks.
    case crossCheck([String], weeks: Int, time: Instant)

    private enum Key: String, CodingKey {
        case exchange, time, symbols, from, run, instruments, idle, provider, facts, release, crossCheck, weeks
        case file = "import"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let from = try values.decodeIfPresent(SessionDate.self, forKey: .from)
        let provider = try values.decodeIfPresent(String.self, forKey: .provider)
        if let run = try values.decodeIfPresent(String.self, forKey: .run) {
            self = .slice(
                run: run, instruments: try values.decode([String].self, forKey: .instruments), from: from, provider: provider,
                idle: try values.decodeIfPresent(Int.self, forKey: .idle) ?? 0)
            return
        }
        let time = try values.decode(Instant.self, forKey: .time)
        if let facts = try values.decodeIfPresent(ReferenceData.self, forKey: .facts) {
            self = .facts(facts, time: time)
        } else if let file = try values.decodeIfPresent(UploadedFile.self, forKey: .file) {
            self = .imported(file, time: time)
        } else if let release = try values.decodeIfPresent(QuarantineRelease.self, forKey: .release) {
            self = .release(release, time: time)
        } else if let pair = try values.decodeIfPresent([String].self, forKey: .crossCheck) {
            self = .crossCheck(pair, weeks: try values.decodeIfPresent(Int.self, forKey: .weeks) ?? 4, time: time)
        } else if let symbols = try values.decodeIfPresent([String].self, forKey: .symbols) {
            let exchange = try values.decodeIfPresent(String.self, forKey: .exchange)
            self = .direct(symbols: symbols, exchange: exchange, from: from, provider: provider, time: time)
        } else {
            self = .scheduled(exchange: try values.decode(String.self, forKey: .exchange), time: time)
        }
    }
}

/// What one invocation did, per symbol. The refusals are named here and kept in `run_items`.
package struct IngestSummary: Encodable, Sendable {
    var run: String?
    var session: SessionDate?
    var expected = 0
    var stored: [String] = []
    var unchanged: [String] = []
    var refused: [String: String] = [:]
    /// Slices given to other invocations.
    var handedOn = 0
    /// Facts written down.
    var facts: Int?
    var imported: ImportSummary?
    /// Why there was nothing to do.
    var note: String?
}

extension IngestSummary {
    var metadata: Logger.Metadata {
        [
            "run": "\(run ?? "")", "stored": "\(stored.count)", "unchanged": "\(unchanged.count)", "handedOn": "\(handedOn)",
            "refused": .dictionary(refused.mapValues { "\($0)" }),
        ]
    }
}
