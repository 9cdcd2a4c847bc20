import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Objects
import Providers
import Store

/// What somebody who looked at rows that are held back says of them:
///
/// ```json
/// {"time": "2012-06-01T23:00:00Z", "release": {
///   "symbol": "ACME", "provider": "yahoo", "sessions": ["2012-02-10"], "reason": "the exchange confirms it"}}
/// ```
package struct QuarantineRelease: Decodable, Sendable, Equatable {
    /// A symbol or an instrument's id.
    let symbol: String
    /// Whose rows they are.
    let provider: String
    let sessions: [SessionDate]
    let reason: String
    /// False leaves them to the rules again; nil is true.
    var counts: Bool?
}

enum QuarantineReleaseError: Error, Sendable, CustomStringConvertible {
    case incomplete
    case unknownProvider(String)
    case notHeld([SessionDate], String)
    case notReleased([SessionDate], String)

    var description: String {
        switch self {
        case .incomplete: "a release names sessions and a reason"
        case .unknownProvider(let name): "there is no provider \"\(name)\"; known are \(ProviderCatalog.names.joined(separator: ", "))"
        case .notHeld(let sessions, let whose):
            "no bar of \(whose) is held back on \(sessions.map(\.description).joined(separator: ", ")); data status and data show tell which are"
        case .notReleased(let sessions, let whose):
            "no bar of \(whose) was released on \(sessions.map(\.description).joined(separator: ", "))"
        }
    }
}

extension Ingest {
    /// Keeps an operator's word among the responses of the rows' provider, in a run of its own; Featurize folds it in afterwards.
    ///
    /// - Throws: `QuarantineReleaseError`, `IngestError`; `AWSError` when the archive fails; `PostgresError`.
    func take(_ release: QuarantineRelease, asOf: Instant, _ summary: inout IngestSummary, _ context: Context) async throws {
        let word = ManualOverride(release.sessions, accepted: release.counts ?? true, reason: String(release.reason[...].trimmed))
        guard ProviderCatalog.names.contains(release.provider) else { throw QuarantineReleaseError.unknownProvider(release.provider) }
        guard let first = word.sessions.first, let last = word.sessions.last, !word.reason.isEmpty else {
            throw QuarantineReleaseError.incomplete
        }
        guard let instrument = try await Instruments(database).find(symbol: release.symbol, asOf: asOf) else {
            throw IngestError.unknownSymbols([release.symbol])
        }
        let bars = try await Bars(database).screened(instrument.id, source: release.provider, in: first...last)
        let fitting = Set(bars.lazy.filter { word.accepted ? $0.isQuarantined : $0.isReleased }.map(\.bar.session))
        let others = word.sessions.filter { !fitting.contains($0) }
        let whose = "\(instrument.id) by \(release.provider)"
        guard others.isEmpty else { throw word.accepted ? QuarantineReleaseError.notHeld(others, whose) : .notReleased(others, whose) }

        let record = ResponseMetadata(
            provider: release.provider, kind: ManualOverride.kind, instrument: instrument.id, url: "operator:", status: 200,
            contentType: "application/json", knownAt: asOf, fetchedAt: Instant(microseconds: WallClock.microseconds()))
        let calendar = try await ExchangeCalendars(database).calendar(of: instrument.exchange, asOf: asOf)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let (key, isNew) = try await keep(
            Array(try encoder.encode(word)), record, of: instrument, calendar, run: "release", &summary, context)
        summary.imported = ImportSummary(ParsedResponse(), instrument: instrument.id, object: key, isNew: isNew)
        context.logger.info("An operator's word", metadata: summary.metadata.merging(["object": "\(key)"]) { $1 })
    }
}
