import Formats
import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Objects
import Providers
import Store

/// An operator's decision to use quarantined bars, or to apply the rules to them again:
///
/// ```json
/// {"time": "2012-06-01T23:00:00Z", "release": {
///   "symbol": "ACME", "provider": "yahoo", "sessions": ["2012-02-10"], "reason": "the exchange confirms it"}}
/// ```
package struct QuarantineRelease: Decodable, Sendable, Equatable {
    /// A symbol or an instrument's id.
    let symbol: String
    /// The provider of the bars.
    let provider: String
    let sessions: [SessionDate]
    let reason: String
    /// Whether the bars are released; false revokes an earlier release, nil means true.
    var accepted: Bool?

    private enum CodingKeys: String, CodingKey, CaseIterable { case symbol, provider, sessions, reason, accepted }

    package init(from decoder: any Decoder) throws {
        try decoder.rejectUnknownMembers(but: CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        symbol = try values.decode(String.self, forKey: .symbol)
        provider = try values.decode(String.self, forKey: .provider)
        sessions = try values.decode([SessionDate].self, forKey: .sessions)
        reason = try values.decode(String.self, forKey: .reason)
        accepted = try values.decodeIfPresent(Bool.self, forKey: .accepted)
    }
}

/// A release that cannot be stored.
enum QuarantineReleaseError: Error, Sendable, CustomStringConvertible {
    case incomplete
    case unknownProvider(String)
    case notQuarantined([SessionDate], String)
    case notReleased([SessionDate], String)

    var description: String {
        switch self {
        case .incomplete: "a release needs sessions and a reason"
        case .unknownProvider(let name): "there is no provider \"\(name)\"; known are \(ProviderCatalog.names.joined(separator: ", "))"
        case .notQuarantined(let sessions, let series):
            "no bar of \(series) is quarantined on \(sessions.map(\.description).joined(separator: ", ")); data status and data show list quarantined bars"
        case .notReleased(let sessions, let series):
            "no bar of \(series) was released on \(sessions.map(\.description).joined(separator: ", "))"
        }
    }
}

extension Ingest {
    /// Archives a manual override among the responses of the bars' provider, in a run of its own; Featurize then projects it.
    ///
    /// A rebuild applies the override at the same point in time.
    ///
    /// - Throws: `QuarantineReleaseError`, `IngestError`; `AWSError` if archiving fails; `PostgresError`.
    func release(_ release: QuarantineRelease, asOf: Instant, _ summary: inout IngestSummary, _ context: Context) async throws {
        let manual = ManualOverride(release.sessions, accepted: release.accepted ?? true, reason: String(release.reason[...].trimmed))
        guard ProviderCatalog.names.contains(release.provider) else { throw QuarantineReleaseError.unknownProvider(release.provider) }
        guard let first = manual.sessions.first, let last = manual.sessions.last, !manual.reason.isEmpty else {
            throw QuarantineReleaseError.incomplete
        }
        guard let instrument = try await Instruments(database).find(symbol: release.symbol, asOf: asOf) else {
            throw IngestError.unknownSymbols([release.symbol])
        }
        let bars = try await Bars(database).validated(instrument.id, source: release.provider, in: first...last)
        let applicable = Set(bars.lazy.filter { manual.accepted ? $0.isQuarantined : $0.isReleased }.map(\.bar.session))
        let others = manual.sessions.filter { !applicable.contains($0) }
        let series = "\(instrument.id) from \(release.provider)"
        guard others.isEmpty else {
            throw manual.accepted ? QuarantineReleaseError.notQuarantined(others, series) : .notReleased(others, series)
        }

        let metadata = ResponseMetadata(
            provider: release.provider, kind: ManualOverride.kind, instrument: instrument.id, url: "operator:", status: 200,
            contentType: "application/json", knownAt: asOf, fetchedAt: Instant(microseconds: WallClock.microseconds()))
        let calendar = try await ExchangeCalendars(database).calendar(of: instrument.exchange, asOf: asOf)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let response = try await archiveUpload(
            Array(try encoder.encode(manual)), metadata, of: instrument, calendar, .releaseQuarantine, runPrefix: "release", &summary,
            context)
        let key = response.key.description
        summary.imported = FileImportSummary(ParsedResponse(), instrument: instrument.id, object: key, isNew: response.isNew)
        context.logger.info("A manual override was archived", metadata: summary.metadata.merging(["object": "\(key)"]) { $1 })
    }
}
