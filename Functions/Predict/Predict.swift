import Clients
import Features
import FoundationEssentials
import LambdaEvents
package import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store
import Telemetry

/// Forecasts every instrument of a complete run, and serves stored forecasts; a missing or outdated forecast is made for the response and
/// not stored.
///
/// The key of a stored forecast contains the versions of its inputs; a row under an existing key is not replaced.
package struct Predict: Function {
    let database: Database
    let service: ForecastService
    let performance: PerformanceSummaryCache
    let failures = ForecastFailureCache()
    let made = MadeForecastCache()
    let calendars: CalendarCache
    let expiry = FeatureExpiry(sessions: FeatureSet.expiry)
    let metrics = InvocationMetrics(function: "Predict")

    enum Failure: Error, Sendable, CustomStringConvertible {
        case unknownRun(String)

        var description: String {
            switch self {
            case .unknownRun(let id): "there is no run \"\(id)\""
            }
        }
    }

    package init(_ environment: [String: String]) async throws {
        let bucket = try environment.required("BUCKET")
        let clients = try await FunctionClients(environment)
        database = clients.database
        let artifacts = ArtifactStore(clients.s3, bucket: bucket)
        let features = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
        service = ForecastService(
            database: database, features: features, models: LoadedModels(artifacts),
            precedence: try SourcePrecedence(environment: environment))
        performance = PerformanceSummaryCache(database)
        calendars = CalendarCache(database)
    }

    /// The response for the gateway, a slice's summary, or an exported model.
    package func handle(_ event: PredictEvent, _ context: Context) async throws -> RawBytes {
        try await database.withDeadline(context.cutOff.instant) {
            switch event {
            case .slice(let run, let instruments):
                RawBytes(Array(try JSONEncoder().encode(await forecast(instruments, of: run, context))))
            case .export(let model, let time):
                RawBytes(Array(try JSONEncoder().encode(await export(model, asOf: time, context))))
            case .request(let request): RawBytes(try await respondInTime(request, context).json())
            }
        }
    }

    /// Forecasts a slice of a complete run.
    private func forecast(_ ids: [String], of id: String, _ context: Context) async throws -> RunSliceSummary {
        guard let run = try await Runs(database).find(id) else { throw Failure.unknownRun(id) }
        var summary = RunSliceSummary()
        // Models as of exactly the run's time are not used, so that the result does not depend on the order of the two events.
        let before = Instant(microseconds: run.asOf.microseconds - 1)
        let found: ForecastService.ActiveModels?
        do {
            found = try await service.activeModels(asOf: before, context.cutOff.instant, context.logger)
        } catch let error as UnusableFamilyError {
            // A repeated event would fail in the same way, so the slice ends with this state.
            context.logger.error("No forecast is possible without the baseline", metadata: ["run": "\(id)", "reason": "\(error)"])
            summary.unusableFamilies = [error.family: error.description]
            summary.note = "no forecast without the baseline: train \(error.family) again, then send this event again"
            metrics.report(
                ["InstrumentsWithoutForecast": ids.count, "UnusableFamilies": 1], milliseconds: WallClock.microseconds() / 1000)
            return summary
        }
        guard let models = found else {
            summary.note = "no model was trained by \(run.asOf): invoke Train"
            return summary
        }
        summary.unusableFamilies = models.unusable.mapValues(\.description)
        let instruments = try await Instruments(database).find(ids: ids)
        let past = try await Runs(database).exchanges(
            among: Set(instruments.map(\.exchange)).sorted(), pastSession: run.session, after: run.asOf)
        for instrument in instruments {
            let made = try await service.forecast(
                instrument, asOf: run.asOf, models, session: run.session, isHindsight: past.contains(instrument.exchange))
            summary.stored += try await Forecasts(database).store(made.forecasts)
            if !made.failures.isEmpty { summary.failures[instrument.symbol] = made.reason }
        }
        metrics.report(
            [
                "ForecastsStored": summary.stored, "InstrumentsWithoutForecast": summary.failures.count,
                "UnusableFamilies": summary.unusableFamilies.count,
            ], milliseconds: WallClock.microseconds() / 1000)
        context.logger.info(
            "Forecast a slice", metadata: ["run": "\(id)", "stored": "\(summary.stored)", "failures": "\(summary.failures)"])
        return summary
    }
}
