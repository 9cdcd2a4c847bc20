import AWS
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

/// Asks a provider for what is missing and keeps its responses as they came, before anyone parses them.
///
/// Business time is the event's `time`. Called twice with one event it asks the same question, and the same bytes of one day are one object.
package struct Ingest: Function {
    /// Instruments that one invocation asks for; a larger run is handed on in slices.
    static let sliceSize = 40
    /// Invocations in a row that may end without a response about any instrument, waiting for a provider's leave or for the provider itself.
    static let mostIdle = 3
    /// Sessions that are asked for again each time, for late corrections.
    static let overlap = 10

    let settings: IngestSettings
    let database: Database
    let sources: [String: ConfiguredProvider]
    let http: HTTPClient
    let archive: ResponseArchive
    let lambda: LambdaClient
    let metrics = InvocationMetrics(function: "Ingest")

    package init(_ environment: [String: String]) async throws {
        let authorities = CertificateFile.find(environment)
        http = HTTPClient(caFile: authorities)
        settings = try IngestSettings(environment)
        let password = try await DatabasePassword.find(environment, http)
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities), check: Schema.check)
        lambda = LambdaClient(http, environment: environment)
        archive = ResponseArchive(S3Client(http, environment: environment, policy: .patient), bucket: settings.bucket)
        sources = try await settings.sources(environment, http)
    }

    package func handle(_ event: IngestEvent, _ context: Context) async throws -> IngestSummary {
        try await database.withDeadline(context.cutOff.instant) {
            var summary = IngestSummary()
            if case .facts(let facts, let time) = event {
                summary.facts = try await facts.record(in: database, knownAt: time)
                return summary
            }
            if case .imported(let file, let time) = event {
                try await take(file, asOf: time, &summary, context)
                return summary
            }
            if case .release(let release, let time) = event {
                try await take(release, asOf: time, &summary, context)
                return summary
            }
            guard let part = try await open(event, &summary) else { return summary }
            summary.run = part.run.id
            summary.session = part.run.session
            summary.expected = part.instruments.count
            if part.instruments.count > Self.sliceSize {
                summary.handedOn = try await handOn(part.instruments, of: part, context)
            } else {
                let later = try await fetchAll(part, &summary, context)
                var rest = part
                rest.idle = later.count == part.instruments.count ? part.idle + 1 : 0
                if rest.idle > Self.mostIdle {
                    try await giveUp(later, of: part, &summary)
                } else {
                    summary.handedOn = try await handOn(later, of: rest, context)
                }
            }
            try await announceIfComplete(part.run, context)
            context.logger.info("Ingested", metadata: summary.metadata)
            metrics.report(
                ["AnswersStored": summary.stored.count, "AnswersUnchanged": summary.unchanged.count, "Refusals": summary.refused.count],
                milliseconds: WallClock.microseconds() / 1000)
            return summary
        }
    }

    /// Tells Featurize when nothing is outstanding. Featurize does the same after each object, so that whoever comes last says it.
    func announceIfComplete(_ run: Run, _ context: Context) async throws {
        guard try await Runs(database).isComplete(run.id) else { return }
        let event = try JSONEncoder().encode(RunCompleteEvent(run: run.id))
        _ = try await lambda.invoke(settings.featurizeFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
    }

    /// Leaves to the next run what there was neither leave nor time to ask for.
    private func giveUp(_ instruments: [Instrument], of part: RunSlice, _ summary: inout IngestSummary) async throws {
        let refusal = ProviderError(.rateLimited(retryAfter: nil), "neither leave nor time to ask in \(Self.mostIdle + 1) invocations")
        for instrument in instruments {
            try await Runs(database).refused(refusal.description, of: instrument.id, in: part.run.id)
            summary.refused[instrument.symbol] = refusal.kind.name
        }
    }

    private func handOn(_ instruments: [Instrument], of part: RunSlice, _ context: Context) async throws -> Int {
        let slices = stride(from: 0, to: instruments.count, by: Self.sliceSize).map {
            instruments[$0..<min($0 + Self.sliceSize, instruments.count)].map(\.id)
        }
        for slice in slices {
            let event = try JSONEncoder().encode(
                RunSliceEvent(
                    run: part.run.id, instruments: slice, from: part.from?.description, provider: part.provider, idle: part.idle))
            _ = try await lambda.invoke(settings.ownFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
        }
        return slices.count
    }
}
