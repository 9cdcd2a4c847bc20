import AWS
import FoundationEssentials
import HTTP
import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Providers
import Store

/// Asks a provider for what is missing and keeps its answers as they came, before anyone parses them.
///
/// Business time is the event's `time`; called twice with one event it asks the same question, and an answer with the
/// same bytes is the same object.
package struct Ingest: Function {
    /// Instruments that one invocation asks for; larger runs are handed on in slices.
    static let sliceSize = 40

    let settings: IngestSettings
    let database: Database
    let fetch: Fetch
    let lambda: LambdaClient

    package init(_ environment: [String: String]) async throws {
        settings = try IngestSettings(environment)
        database = Database(try DatabaseSettings(environment, password: SecretsClient.databasePassword(environment)))
        let http = HTTPClient()
        lambda = try LambdaClient(http: http, environment: environment)
        let archive = RawArchive(try S3Client(http: http, environment: environment), bucket: settings.bucket)
        fetch = Fetch(http: http, archive: archive, provider: try await settings.provider(environment, http: http))
    }

    func handle(_ event: IngestEvent, _ context: Context) async throws -> IngestSummary {
        let store = RunStore(database, deadline: context.workDeadline)
        try await store.register(settings.universe)
        var summary = IngestSummary()
        guard let part = try await open(event, store, &summary) else { return summary }
        summary.run = part.run.id
        summary.session = part.run.session
        summary.expected = part.instruments.count
        if part.instruments.count > Self.sliceSize {
            try await handOn(part, &summary)
            return summary
        }
        for outcome in try await fetchAll(part, store, context) { summary.add(outcome) }
        try await store.announceIfComplete(part.run, to: settings.featurizeFunction, by: lambda)
        context.logger.info("ingested", metadata: summary.metadata)
        return summary
    }
}
