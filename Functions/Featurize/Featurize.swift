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

/// Turns raw answers into checked bars, corporate actions and features; ends runs.
///
/// The tables are a fold over an instrument's answers in their order, under one lock for each instrument. An answer that comes late takes
/// back what later ones derived and folds them again, so that any order of events leaves the same state.
package struct Featurize: Function {
    let database: Database
    let archive: RawArchive
    let lambda: LambdaClient
    let predictFunction: String
    let ownFunction: String
    let store: FeatureStore
    let metrics = InvocationMetrics(function: "Featurize")

    enum Failure: Error, Sendable, CustomStringConvertible {
        case missing(String)
        case unknownRun(String)
        case unknownInstrument(key: String)
        case unknownProvider(String)

        var description: String {
            switch self {
            case .missing(let name): "the environment variable \(name) is not set"
            case .unknownRun(let id): "no run \"\(id)\" was opened"
            case .unknownInstrument(let key): "\(key) is about an instrument that is not registered; invoke Ingest for its symbol first"
            case .unknownProvider(let name): "no provider \"\(name)\" can read this answer"
            }
        }
    }

    package init(_ environment: [String: String]) async throws {
        func required(_ name: String) throws(Failure) -> String {
            guard let value = environment[name], !value.isEmpty else { throw .missing(name) }
            return value
        }
        let authorities = CertificateFile.find(environment)
        let http = HTTPClient(caFile: authorities)
        let password = try await DatabasePassword.find(environment, http)
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities), check: Schema.check)
        archive = RawArchive(S3Client(http, environment: environment, policy: .patient), bucket: try required("BUCKET"))
        lambda = LambdaClient(http, environment: environment)
        predictFunction = try required("PREDICT_FUNCTION")
        ownFunction = try required("AWS_LAMBDA_FUNCTION_NAME")
        store = FeatureStore(database, version: FeatureSet.version, crossWidth: FeatureSet.crossNames.count)
    }

    package func handle(_ event: FeaturizeEvent, _ context: Context) async throws -> FeaturizeSummary {
        try await database.withDeadline(context.cutOff.instant) {
            var summary = FeaturizeSummary()
            switch event {
            case .objects(let keys):
                for key in keys {
                    for folded in try await fold(key, &summary, context) {
                        for run in try await Runs(database).waiting(for: folded) where try await Runs(database).isComplete(run.id) {
                            try await announce(run, context)
                        }
                    }
                }
            case .crossSection(let id):
                guard let run = try await Runs(database).find(id) else { throw Failure.unknownRun(id) }
                try await end(run, &summary, context)
            case .cutOff(let exchange, let time):
                guard let run = try await Runs(database).latest(exchange: exchange, asOf: time) else { break }
                let progress = try await Runs(database).progress(run.id)
                guard !progress.isComplete else { break }
                context.logger.warning(
                    "Cut off", metadata: ["run": "\(run.id)", "expected": "\(progress.expected)", "folded": "\(progress.folded)"])
                try await end(run, &summary, context)
            }
            if summary.folded > 0 {
                metrics.report(
                    [
                        "AnswersFolded": summary.folded, "Bars": summary.bars, "FeatureRows": summary.features,
                        "QuarantinedRows": summary.quarantined,
                    ],
                    milliseconds: WallClock.microseconds() / 1000)
            }
            return summary
        }
    }

    /// Tells this function, in an invocation of its own, that a run is complete.
    private func announce(_ run: Run, _ context: Context) async throws {
        let event = try JSONEncoder().encode(RunComplete(run: run.id))
        _ = try await lambda.invoke(ownFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
    }
}
