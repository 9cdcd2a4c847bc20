import AWS
import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Objects
import Providers
import Store

/// A file that somebody hands in, in place of a provider's response:
///
/// ```json
/// {"time": "2012-06-01T23:00:00Z", "import": {
///   "provider": "csv", "symbol": "ACME", "exchange": "XNAS", "file": "acme.csv", "body": "date,open,high,low,close,volume\n…"}}
/// ```
package struct UploadedFile: Decodable, Sendable, Equatable {
    /// Kinds of responses that no daily series is made of.
    static let unread: Set = ["intraday", "quote"]

    /// One of `SourcePrecedence.files`.
    let provider: String
    /// Which of the format's responses, such as `splits`; nil is daily bars.
    var kind: String?
    /// A symbol or an instrument's id.
    let symbol: String
    /// Where it is listed. A symbol that nobody knows yet needs it and is registered; one that is known elsewhere is refused.
    var exchange: String?
    /// Of a symbol that nobody knows yet; nil is what its exchange trades in.
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
    /// Rows of closed sessions, of unfinished ones, actions, and rows that cannot be read, whatever the rules say of the others.
    let bars, provisional, actions, rejected: Int
    /// The first and the last session that a row of it is about; nil where none is.
    let from, to: SessionDate?

    init(_ parsed: ParsedResponse, instrument: String, object: String, isNew: Bool) {
        self.instrument = instrument
        self.object = object
        self.isNew = isNew
        let sessions = (parsed.bars + parsed.adjusted + parsed.provisional).map(\.session) + parsed.flaggedRows.compactMap(\.session)
        (from, to) = (sessions.min(), sessions.max())
        bars = parsed.bars.count + parsed.adjusted.count
        provisional = parsed.provisional.count
        actions = parsed.actions.count
        rejected = Set(parsed.flaggedRows.lazy.filter { $0.repairs.isEmpty }.map(\.ordinal)).count
    }
}

enum ImportError: Error, Sendable, CustomStringConvertible {
    case unknownFormat(String)
    case unknownKind(String, format: String)
    case unknownSymbol(String)
    case invalidSymbol(String)
    case listedElsewhere(String, Instrument, exchange: String)
    case refused(String, ProviderError)

    var description: String {
        switch self {
        case .unknownFormat(let name):
            "\"\(name)\" is no format of import; there are \(SourcePrecedence.files.joined(separator: ", "))"
        case .unknownKind(let kind, let format): "\(format) has no \"\(kind)\""
        case .unknownSymbol(let symbol):
            "nobody knows \"\(symbol)\" yet: say its exchange as a MIC (\"exchange\" in the event, --exchange of the command)"
        case .invalidSymbol(let symbol): "\"\(symbol)\" is no symbol that a new instrument can have"
        case .listedElsewhere(let symbol, let known, let exchange):
            "\(symbol) is \(known.id), which is not on \(exchange): hand it in as \(known.id) without an exchange"
        case .refused(let format, let refusal): "this cannot be read as \(format): \(refusal)"
        }
    }
}

extension Ingest {
    /// Keeps a file as a provider's response is kept, in a run of its own, so that everything behind it happens as it does for one. What the
    /// format's parser refuses is kept apart.
    ///
    /// - Throws: `ImportError`, `IngestError`; `AWSError` when the archive fails; `PostgresError`.
    func take(_ file: UploadedFile, asOf: Instant, _ summary: inout IngestSummary, _ context: Context) async throws {
        guard SourcePrecedence.files.contains(file.provider),
            let provider = ProviderCatalog.provider(named: file.provider, kind: file.kind)
        else { throw ImportError.unknownFormat(file.provider) }
        if let kind = file.kind, kind != provider.kind || UploadedFile.unread.contains(kind) {
            throw ImportError.unknownKind(kind, format: file.provider)
        }
        let body = Array(file.body.utf8)
        let instrument = try await instrument(of: file, asOf: asOf)
        let calendar = try await ExchangeCalendars(database).calendar(of: instrument.exchange, asOf: asOf)
        let record = ResponseMetadata(
            provider: provider.name, kind: provider.kind, instrument: instrument.id, url: "import:\(file.file ?? "")", status: 200,
            contentType: provider.name == IEXExport.name ? "application/json" : "text/csv", knownAt: asOf,
            fetchedAt: Instant(microseconds: WallClock.microseconds()))
        let parsed: ParsedResponse
        do throws(ProviderError) {
            if let refusal = provider.classify(status: 200, body: body, headers: []) { throw refusal }
            parsed = try provider.parse(body, status: 200, contentType: record.contentType, calendar: calendar, asOf: asOf)
        } catch {
            _ = try await archive.put(body, record, isRefusal: true, deadline: context.cutOff.instant)
            throw ImportError.refused(provider.name, error)
        }
        let (key, isNew) = try await keep(body, record, of: instrument, calendar, run: "import", &summary, context)
        summary.imported = ImportSummary(parsed, instrument: instrument.id, object: key, isNew: isNew)
        context.logger.info("Imported", metadata: summary.metadata.merging(["object": "\(key)"]) { $1 })
    }

    /// The instrument that is meant. One that nobody knows is made of the symbol and the exchange, and not registered yet.
    private func instrument(of file: UploadedFile, asOf: Instant) async throws -> Instrument {
        if let exchange = file.exchange, TradingCalendar.of(mic: exchange) == nil { throw IngestError.unknownExchange(exchange) }
        let instruments = Instruments(database)
        try await instruments.register(settings.universe)
        let symbol = String(file.symbol[...].trimmed)
        let known = try await instruments.find(symbol: symbol, asOf: asOf)
        guard let exchange = file.exchange else {
            guard let known else { throw ImportError.unknownSymbol(symbol) }
            return known
        }
        if let known, known.exchange == exchange { return known }
        let ticker = symbol.hasPrefix("\(exchange):") ? String(symbol.dropFirst(exchange.count + 1)) : symbol
        if let listed = try await instruments.find(id: "\(exchange):\(ticker)") { return listed }
        if let known { throw ImportError.listedElsewhere(symbol, known, exchange: exchange) }
        guard !ticker.isEmpty, !ticker.contains(":") else { throw ImportError.invalidSymbol(file.symbol) }
        return Instrument(listing: ticker, on: exchange, currency: file.currency)
    }
}
