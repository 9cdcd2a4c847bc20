import AWS
import Features
import FoundationEssentials
import HTTP
import LambdaEvents
package import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store
import Telemetry

/// Forecasts every instrument of a finished run, and answers with the kept forecast, or a new one when the kept one is out of date.
///
/// A forecast's key is what it was made of; the first one under a key stays.
package struct Predict: Function {
    let database: Database
    let service: ForecastService
    let track: PerformanceSummaries
    let refusals = ForecastFailureCache()
    let calendars: CalendarCache
    let expiry = FeatureExpiry(sessions: FeatureSet.expiry)
    let metrics = InvocationMetrics(function: "Predict")

    enum Failure: Error, Sendable, CustomStringConvertible {
        case missing(String)
        case unknownRun(String)

        var description: String {
            switch self {
            case .missing(let name): "the environment variable \(name) is not set"
            case .unknownRun(let id): "no run \"\(id)\" was opened"
            }
        }
    }

    package init(_ environment: [String: String]) async throws {
        guard let bucket = environment["BUCKET"], !bucket.isEmpty else { throw Failure.missing("BUCKET") }
        let authorities = CertificateFile.find(environment)
        let http = HTTPClient(caFile: authorities)
        let password = try await DatabasePassword.find(environment, http)
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities), check: Schema.check)
        let artifacts = ArtifactStore(S3Client(http, environment: environment, policy: .patient), bucket: bucket)
        let features = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
        service = ForecastService(
            database: database, features: features, models: LoadedModels(artifacts),
            precedence: try SourcePrecedence(environment: environment))
        track = PerformanceSummaries(database)
        calendars = CalendarCache(database)
    }

    /// An answer for the gateway, or what a slice did.
    package func handle(_ event: PredictEvent, _ context: Context) async throws -> RawBytes {
        try await database.withDeadline(context.cutOff.instant) {
            switch event {
            case .slice(let run, let instruments):
                RawBytes(Array(try JSONEncoder().encode(await forecast(instruments, of: run, context))))
            case .export(let model, let time):
                RawBytes(Array(try JSONEncoder().encode(await export(model, asOf: time, context))))
            case .request(let request): RawBytes(try await answerInTime(request, context).json())
            }
        }
    }

    /// The batch that ends a run.
    private func forecast(_ ids: [String], of id: String, _ context: Context) async throws -> RunSliceSummary {
        guard let run = try await Runs(database).find(id) else { throw Failure.unknownRun(id) }
        var summary = RunSliceSummary()
        // Models of the very same time do not count, so that it is all one which of the two events comes first.
        let before = Instant(microseconds: run.asOf.microseconds - 1)
        guard let active = try await service.active(asOf: before, context.cutOff.instant, context.logger) else {
            summary.note = "no model was trained by \(run.asOf): invoke Train"
            return summary
        }
        summary.unusable = active.unusable.mapValues(\.description)
        for instrument in try await Instruments(database).find(ids: ids) {
            let issued = try await service.issue(instrument, asOf: run.asOf, active, session: run.session)
            summary.kept += try await Forecasts(database).keep(issued.forecasts)
            if !issued.refusals.isEmpty { summary.without[instrument.symbol] = issued.reason }
        }
        metrics.report(
            ["ForecastsKept": summary.kept, "Unforecastable": summary.without.count, "UnusableKinds": summary.unusable.count],
            milliseconds: WallClock.microseconds() / 1000)
        context.logger.info("Forecast", metadata: ["run": "\(id)", "kept": "\(summary.kept)", "without": "\(summary.without)"])
        return summary
    }
}
