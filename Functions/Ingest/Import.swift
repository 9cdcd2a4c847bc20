import AWS
import FoundationEssentials
import LambdaRuntime
import Market
import Objects
import Providers
import Store

/// A file that somebody hands in, in place of a provider's answer:
///
/// ```json
/// {"time": "2012-06-01T23:00:00Z", "import": {
///   "provider": "csv", "symbol": "ACME", "exchange": "XNAS", "file": "acme.csv", "body": "date,open,high,low,close,volume\n…"}}
/// ```
package struct Import: Decodable, Sendable, Equatable {
    /// What a Lambda event may be, less room for the rest of it.
    static let largestBody = 6 << 20 - 4096

    /// One of `SourcePreference.files`.
    let provider: String
    /// Which of the format's answers, such as `splits`; nil is daily bars.
    var kind: String?
    /// A symbol or an instrument's id; `exchange` and `currency` are needed where nobody knows it yet.
    let symbol: String
    var exchange: String?
    var currency: String?
    /// The file's name, kept as where the bytes came from.
    var file: String?
    let body: String
}

/// What became of an import: the object, and what was read in it. Featurize folds it in afterwards.
package struct ImportSummary: Encodable, Sendable {
    let instrument, object: String
    /// False when the same bytes were handed in at the same time before.
    let isNew: Bool
    /// Rows of closed sessions, of unfinished ones, actions, and rows that cannot be read.
    let bars, provisional, actions, rejected: Int
}

enum ImportFailure: Error, Sendable, CustomStringConvertible {
    case unknownFormat(String)
    case unknownKind(String, format: String)
    case tooLarge(Int)
    case refused(String, ProviderRefusal)

    var description: String {
        switch self {
        case .unknownFormat(let name):
            "\"\(name)\" is no format of import; there are \(SourcePreference.files.joined(separator: ", "))"
        case .unknownKind(let kind, let format): "\(format) has no \"\(kind)\""
        case .tooLarge(let bytes): "the file has \(bytes) bytes, and an event carries at most \(Import.largestBody): hand it in in parts"
        case .refused(let format, let refusal): "this cannot be read as \(format): \(refusal)"
        }
    }
}

extension Ingest {
    /// Keeps a file as a provider's answer is kept, in a run of its own, so that everything behind it happens as it does for one. What the
    /// format's parser refuses is kept apart.
    ///
    /// - Throws: `ImportFailure`, `IngestFailure`; `AWSError` when the archive fails; `PostgresError`.
    func take(_ file: Import, asOf: Instant, _ summary: inout IngestSummary, _ context: Context) async throws {
        guard SourcePreference.files.contains(file.provider),
            let provider = ProviderCatalog.provider(named: file.provider, kind: file.kind)
        else { throw ImportFailure.unknownFormat(file.provider) }
        if let kind = file.kind, kind != provider.kind { throw ImportFailure.unknownKind(kind, format: file.provider) }
        let body = Array(file.body.utf8)
        guard body.count <= Import.largestBody else { throw ImportFailure.tooLarge(body.count) }
        let instrument = try await registered(file)
        let calendar = try await ExchangeCalendars(database).calendar(of: instrument.exchange, asOf: asOf)
        let record = RawRecord(
            provider: provider.name, kind: provider.kind, instrument: instrument.id, url: "import:\(file.file ?? "")", status: 200,
            contentType: provider.name == IEXExport.name ? "application/json" : "text/csv", knownAt: asOf,
            fetchedAt: Instant(microseconds: WallClock.microseconds()))
        let parsed: ProviderAnswer
        do throws(ProviderRefusal) {
            if let refusal = provider.classify(status: 200, body: body, headers: []) { throw refusal }
            parsed = try provider.parse(body, status: 200, contentType: record.contentType, calendar: calendar, asOf: asOf)
        } catch {
            _ = try await archive.put(body, record, isRefusal: true, deadline: context.cutOff.instant)
            throw ImportFailure.refused(provider.name, error)
        }
        guard let session = calendar?.latestClosed(at: asOf) else { throw IngestFailure.noSession(asOf) }
        let (key, outcome) = try await archive.put(body, record, part: Int(asOf.seconds % 86_400), deadline: context.cutOff.instant)
        let run = Run(
            id: "import-\(key.sha256.prefix(12))/\(instrument.id)/\(asOf)", exchange: instrument.exchange, asOf: asOf, session: session,
            expected: [instrument.id])
        try await Runs(database).open(run)
        try await Runs(database).stored([key.description], of: instrument.id, in: run.id)
        (summary.run, summary.session, summary.expected) = (run.id, session, 1)
        if outcome == .created { summary.stored = [instrument.symbol] } else { summary.unchanged = [instrument.symbol] }
        summary.imported = ImportSummary(
            instrument: instrument.id, object: key.description, isNew: outcome == .created, bars: parsed.bars.count + parsed.adjusted.count,
            provisional: parsed.provisional.count, actions: parsed.actions.count,
            rejected: parsed.rejected.count { $0.repairs.isEmpty })
        try await announceIfComplete(run, context)
    }

    /// The instrument that is meant; with an exchange, one that nobody knew is registered.
    private func registered(_ file: Import) async throws -> Instrument {
        if let exchange = file.exchange, TradingCalendar.of(mic: exchange) == nil { throw IngestFailure.unknownExchange(exchange) }
        let instruments = Instruments(database)
        try await instruments.register(settings.universe)
        if let known = try await instruments.find(symbol: file.symbol), file.exchange == nil || known.exchange == file.exchange {
            return known
        }
        guard let exchange = file.exchange else { throw IngestFailure.unknownSymbols([file.symbol]) }
        let new = Instrument(listing: file.symbol, on: exchange, currency: file.currency ?? "USD")
        try await instruments.register([new])
        return try await instruments.find(id: new.id) ?? new
    }
}
