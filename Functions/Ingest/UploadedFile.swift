import AWS
import LambdaRuntime
import Market
import Objects
import Store

extension Ingest {
    /// Puts what somebody handed in into the archive, as the only response of a run of its own.
    func keep(
        _ body: [UInt8], _ record: ResponseMetadata, of instrument: Instrument, _ calendar: TradingCalendar?, run name: String,
        _ summary: inout IngestSummary, _ context: Context
    ) async throws -> (key: String, isNew: Bool) {
        let asOf = record.knownAt
        guard let session = calendar?.latestClosed(at: asOf) else { throw IngestError.noSession(asOf) }
        try await Instruments(database).register([instrument])
        let (key, outcome) = try await archive.put(body, record, part: Int(asOf.seconds % 86_400), deadline: context.cutOff.instant)
        let run = Run(
            id: "\(name)-\(key.sha256.prefix(12))/\(instrument.id)/\(asOf)", exchange: instrument.exchange, asOf: asOf, session: session,
            expected: [instrument.id])
        try await Runs(database).open(run)
        try await Runs(database).stored([key.description], of: instrument.id, in: run.id)
        (summary.run, summary.session, summary.expected) = (run.id, session, 1)
        if outcome == .created { summary.stored = [instrument.symbol] } else { summary.unchanged = [instrument.symbol] }
        try await announceIfComplete(run, context)
        return (key.description, outcome == .created)
    }
}
