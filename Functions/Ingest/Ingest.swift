import AWS
import Clients
import FoundationEssentials
import HTTP
import LambdaEvents
package import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Providers
import Store
import Telemetry

/// Fetches missing bars from data providers and archives the responses before they are parsed.
///
/// The business time is the event's `time`. If an event is processed twice, the same requests are sent, and equal responses of one day
/// become one object.
package struct Ingest: Function {
    /// The largest number of instruments that one invocation fetches. A larger run is split into slices.
    static let sliceSize = 40
    /// The largest number of invocations in a row that finish no instrument because they wait for request limits or the provider.
    static let idleInvocationLimit = 3
    /// The number of known sessions that each run requests again, to get late corrections.
    static let overlap = 10

    let settings: IngestSettings
    let database: Database
    let providers: [String: ConfiguredProvider]
    let http: HTTPClient
    let archive: ResponseArchive
    let lambda: LambdaClient
    let metrics = InvocationMetrics(function: "Ingest")

    package init(_ environment: [String: String]) async throws {
        settings = try IngestSettings(environment)
        let clients = try await FunctionClients(environment)
        (http, database) = (clients.http, clients.database)
        lambda = clients.lambda
        archive = ResponseArchive(clients.s3, bucket: settings.bucket)
        providers = try await settings.providers(environment, http)
    }

    package func handle(_ event: IngestEvent, _ context: Context) async throws -> IngestSummary {
        try EventTime.check(event.time, now: Instant(microseconds: WallClock.microseconds()))
        return try await database.withDeadline(context.cutOff.instant) {
            var summary = IngestSummary()
            switch event {
            case .referenceData(let data, let time): summary.referenceData = try await data.record(in: database, knownAt: time)
            case .file(let file, let time): try await importFile(file, asOf: time, &summary, context)
            case .release(let release, let time): try await self.release(release, asOf: time, &summary, context)
            case .scheduled, .direct, .slice, .crossCheck:
                guard let slice = try await open(event, &summary) else { break }
                try await fetch(slice, &summary, context)
            }
            return summary
        }
    }

    /// Fetches a slice of a run, or splits it if it is too large, and enqueues what remains.
    private func fetch(_ slice: RunSlice, _ summary: inout IngestSummary, _ context: Context) async throws {
        summary.run = slice.run.id
        summary.session = slice.run.session
        summary.expected = slice.instruments.count
        if slice.instruments.count > Self.sliceSize {
            summary.continuations = try await enqueueContinuations(slice.instruments, of: slice, context)
        } else {
            let later = try await fetchAll(slice, &summary, context)
            var next = slice
            next.idleInvocations = later.count == slice.instruments.count ? slice.idleInvocations + 1 : 0
            if next.idleInvocations > Self.idleInvocationLimit {
                try await recordFailure(of: later, in: slice, &summary)
            } else {
                summary.continuations = try await enqueueContinuations(later, of: next, context)
            }
        }
        if summary.continuations == 0 { try await enqueueCompletion(of: slice.run, context) }
        context.logger.info("Fetched a slice of a run", metadata: summary.metadata)
        metrics.report(
            [
                "ResponsesStored": summary.stored.count, "ResponsesUnchanged": summary.unchanged.count,
                "ProviderErrors": summary.failed.count,
            ],
            milliseconds: WallClock.microseconds() / 1000)
    }

    /// Asks Featurize to finish a run if the run is complete.
    ///
    /// This is needed when all responses have been projected already: then no later response triggers the check.
    func enqueueCompletion(of run: Run, _ context: Context) async throws {
        guard try await Runs(database).progress(run.id)?.isComplete == true else { return }
        try await lambda.enqueue(FinishRunEvent(run: run.id), to: settings.featurizeFunction, deadline: context.cutOff.instant)
    }

    /// Records that instruments could not be requested. The next run requests them.
    private func recordFailure(of instruments: [Instrument], in slice: RunSlice, _ summary: inout IngestSummary) async throws {
        let error = ProviderError(
            .rateLimited(retryAfter: nil), "no request was possible within the limits in \(Self.idleInvocationLimit + 1) invocations")
        for instrument in instruments {
            try await Runs(database).recordFailure(error.description, of: instrument.id, in: slice.run.id)
            summary.failed[instrument.symbol] = error.kind.name
        }
    }

    /// Enqueues events for this function with the given instruments, in slices. Returns the number of events.
    private func enqueueContinuations(_ instruments: [Instrument], of slice: RunSlice, _ context: Context) async throws -> Int {
        let parts = stride(from: 0, to: instruments.count, by: Self.sliceSize).map {
            instruments[$0..<min($0 + Self.sliceSize, instruments.count)].map(\.id)
        }
        for part in parts {
            let event = RunSliceEvent(
                run: slice.run.id, instruments: part, from: slice.from?.description, provider: slice.provider,
                idleInvocations: slice.idleInvocations)
            try await lambda.enqueue(event, to: settings.ownFunction, deadline: context.cutOff.instant)
        }
        return parts.count
    }
}
