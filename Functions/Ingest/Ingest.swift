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

/// Asks a provider for what is missing and keeps its answers as they came, before anyone parses them.
///
/// Business time is the event's `time`. Called twice with one event it asks the same question, and the same bytes of one day are one object.
package struct Ingest: Function {
    /// Instruments that one invocation asks for; a larger run is handed on in slices.
    static let sliceSize = 40
    /// Sessions that are asked for again each time, for late corrections.
    static let overlap = 10

    let settings: IngestSettings
    let database: Database
    let fetch: Fetch
    let lambda: LambdaClient
    let metrics = InvocationMetrics(function: "Ingest")

    package init(_ environment: [String: String]) async throws {
        let authorities = CertificateFile.find(environment)
        let http = HTTPClient(caFile: authorities)
        settings = try IngestSettings(environment)
        let password = try await DatabasePassword.find(environment, http)
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities), check: Schema.check)
        lambda = LambdaClient(http, environment: environment)
        let archive = RawArchive(S3Client(http, environment: environment, policy: .patient), bucket: settings.bucket)
        fetch = Fetch(http: http, archive: archive, provider: try await settings.provider(environment, http))
    }

    package func handle(_ event: IngestEvent, _ context: Context) async throws -> IngestSummary {
        try await database.withDeadline(context.cutOff.instant) {
            var summary = IngestSummary()
            guard let part = try await open(event, &summary) else { return summary }
            summary.run = part.run.id
            summary.session = part.run.session
            summary.expected = part.instruments.count
            if part.instruments.count > Self.sliceSize {
                summary.handedOn = try await handOn(part, context)
            } else {
                try await fetchAll(part, &summary, context)
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
    private func announceIfComplete(_ run: Run, _ context: Context) async throws {
        guard try await Runs(database).isComplete(run.id) else { return }
        let event = try JSONEncoder().encode(RunComplete(run: run.id))
        _ = try await lambda.invoke(settings.featurizeFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
    }

    private func handOn(_ part: RunPart, _ context: Context) async throws -> Int {
        let slices = stride(from: 0, to: part.instruments.count, by: Self.sliceSize).map {
            part.instruments[$0..<min($0 + Self.sliceSize, part.instruments.count)].map(\.id)
        }
        for slice in slices {
            let event = try JSONEncoder().encode(RunSlice(run: part.run.id, instruments: slice, from: part.from?.description))
            _ = try await lambda.invoke(settings.ownFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
        }
        return slices.count
    }
}
