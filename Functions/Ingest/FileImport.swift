import AWS
import Formats
import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Providers
import Store

extension Ingest {
    /// Archives an uploaded file like a provider's response, in a run of its own; Featurize then projects the file.
    ///
    /// A file that the format's parser rejects is archived under `rejected/`.
    ///
    /// - Throws: `FileImportError`, `IngestError`; `AWSError` if archiving fails; `PostgresError`.
    func importFile(_ file: UploadedFile, asOf: Instant, _ summary: inout IngestSummary, _ context: Context) async throws {
        guard SourcePrecedence.fileFormats.contains(file.provider),
            let provider = ProviderCatalog.provider(named: file.provider, kind: file.kind)
        else { throw FileImportError.unknownFormat(file.provider) }
        if let kind = file.kind, kind != provider.kind || UploadedFile.unsupportedKinds.contains(kind) {
            throw FileImportError.unknownKind(kind, format: file.provider)
        }
        let body = Array(file.body.utf8)
        let instrument = try await instrument(of: file, asOf: asOf)
        let calendar = try await ExchangeCalendars(database).calendar(of: instrument.exchange, asOf: asOf)
        let metadata = ResponseMetadata(
            provider: provider.name, kind: provider.kind, instrument: instrument.id, url: "import:\(file.file ?? "")", status: 200,
            contentType: provider.name == IEXExport.name ? "application/json" : "text/csv", knownAt: asOf,
            fetchedAt: Instant(microseconds: WallClock.microseconds()))
        let parsed: ParsedResponse
        do throws(ProviderError) {
            if let error = provider.error(in: body) { throw error }
            parsed = try provider.parse(body, status: 200, calendar: calendar, asOf: asOf)
        } catch {
            _ = try await archive.put(body, metadata, isRejected: true, deadline: context.cutOff.instant)
            throw FileImportError.unreadable(provider.name, error)
        }
        let response = try await archiveUpload(
            body, metadata, of: instrument, calendar, .importFile, runPrefix: "import", &summary, context)
        let key = response.key.description
        summary.imported = FileImportSummary(parsed, instrument: instrument.id, object: key, isNew: response.isNew)
        context.logger.info("A file was imported", metadata: summary.metadata.merging(["object": "\(key)"]) { $1 })
    }

    /// Archives uploaded bytes as the only response of a run of their own.
    func archiveUpload(
        _ body: [UInt8], _ metadata: ResponseMetadata, of instrument: Instrument, _ calendar: TradingCalendar?,
        _ act: AuditEntry.Action, runPrefix: String,
        _ summary: inout IngestSummary, _ context: Context
    ) async throws -> ArchivedResponse {
        let asOf = metadata.knownAt
        guard let session = calendar?.latestClosed(at: asOf) else { throw IngestError.noSession(asOf) }
        try await Instruments(database).register([instrument])
        let response = try await archive.put(body, metadata, part: Int(asOf.seconds % 86_400), deadline: context.cutOff.instant)
        let run = Run(
            id: "\(runPrefix)-\(response.key.sha256.prefix(12))/\(instrument.id)/\(asOf)", exchange: instrument.exchange, asOf: asOf,
            session: session, expected: [instrument.id])
        try await database.transaction {
            try await AuditLog(database).append(AuditEntry(act, subject: response.key.description, time: asOf))
            try await Runs(database).open(run)
            try await Runs(database).recordResponses([response.key.description], of: instrument.id, in: run.id)
        }
        (summary.run, summary.session, summary.expected) = (run.id, session, 1)
        if response.isNew { summary.stored = [instrument.symbol] } else { summary.unchanged = [instrument.symbol] }
        try await enqueueCompletion(of: run, context)
        return response
    }

    /// The instrument of a file. An unknown instrument is made of the file's symbol and exchange, and is not registered yet.
    private func instrument(of file: UploadedFile, asOf: Instant) async throws -> Instrument {
        if let exchange = file.exchange, TradingCalendar.of(mic: exchange) == nil { throw IngestError.unknownExchange(exchange) }
        let instruments = Instruments(database)
        try await instruments.register(settings.universe, areConfigured: true)
        let symbol = String(file.symbol[...].trimmed)
        let known = try await instruments.find(symbol: symbol, asOf: asOf)
        guard let exchange = file.exchange else {
            guard let known else { throw FileImportError.unknownSymbol(symbol) }
            return known
        }
        if let known, known.exchange == exchange { return known }
        let ticker = symbol.hasPrefix("\(exchange):") ? String(symbol.dropFirst(exchange.count + 1)) : symbol
        if let listed = try await instruments.find(id: "\(exchange):\(ticker)") { return listed }
        if let known { throw FileImportError.listedElsewhere(symbol, known, exchange: exchange) }
        guard ticker.isUsableSymbol, !ticker.contains(":") else { throw FileImportError.invalidSymbol(file.symbol) }
        return Instrument(listing: ticker, on: exchange, currency: file.currency)
    }
}
