import AWS
import Features
import FoundationEssentials
import HTTP
import Kernels
import LambdaEvents
package import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Providers
import Store
import Telemetry

/// Turns raw responses into checked bars, corporate actions and features; ends runs; rebuilds all of it from the raw responses.
package struct Featurize: Function {
    /// Instruments in one slice of a run that Predict gets.
    private static let sliceSize = 100

    let database: Database
    let archive: ResponseArchive
    let lambda: LambdaClient
    let predictFunction: String
    let ownFunction: String
    let fold: ResponseProjector
    /// The providers that the weekly job compares, if there is one.
    let crossCheck: SourcePrecedence.CrossCheck?
    let watch = RunCompletion()
    let metrics = InvocationMetrics(function: "Featurize")

    enum Failure: Error, Sendable, CustomStringConvertible {
        case missing(String)
        case unknownRun(String)
        case unknownInstrument(key: String)
        case unknownProvider(String)
        case unknownSymbol(String)
        case invalidCrossCheck

        /// Whether another object could still be folded.
        var isAboutOneObject: Bool {
            switch self {
            case .unknownInstrument, .unknownProvider: true
            default: false
            }
        }

        var description: String {
            switch self {
            case .missing(let name): "the environment variable \(name) is not set"
            case .unknownRun(let id): "no run \"\(id)\" was opened"
            case .unknownInstrument(let key): "\(key) is about an instrument that is not registered; invoke Ingest for its symbol first"
            case .unknownProvider(let name): "there is no provider \"\(name)\"; known are \(ProviderCatalog.names.joined(separator: ", "))"
            case .unknownSymbol(let symbol): "no instrument is called \"\(symbol)\""
            case .invalidCrossCheck: "\"crossCheck\" names two providers, such as [\"yahoo\", \"alphavantage\"]"
            }
        }
    }

    package init(_ environment: [String: String]) async throws {
        try Processor.check()
        func required(_ name: String) throws(Failure) -> String {
            guard let value = environment[name], !value.isEmpty else { throw .missing(name) }
            return value
        }
        let authorities = CertificateFile.find(environment)
        let http = HTTPClient(caFile: authorities)
        let preference = try SourcePrecedence(environment: environment, otherwise: ProviderCatalog.names[0])
        let password = try await DatabasePassword.find(environment, http)
        database = Database(try .fromEnvironment(environment, password: password, authorities: authorities), check: Schema.check)
        archive = ResponseArchive(S3Client(http, environment: environment, policy: .patient), bucket: try required("BUCKET"))
        lambda = LambdaClient(http, environment: environment)
        predictFunction = try required("PREDICT_FUNCTION")
        ownFunction = try required("AWS_LAMBDA_FUNCTION_NAME")
        fold = ResponseProjector(database, preference)
        crossCheck = try preference.crossCheck(environment, except: ProviderCatalog.unserved)
    }

    package func handle(_ event: FeaturizeEvent, _ context: Context) async throws -> FeaturizeSummary {
        try await database.withDeadline(context.cutOff.instant) {
            var summary = FeaturizeSummary()
            switch event {
            case .objects(let keys):
                for key in keys {
                    for folded in try await foldObject(key, &summary, context) {
                        for run in try await Runs(database).waiting(for: folded) where try await watch.hasEnded(run, Runs(database)) {
                            try await announce(RunCompleteEvent(run: run), context)
                        }
                    }
                }
            case .crossSection(let id, let rest):
                guard let run = try await Runs(database).find(id) else { throw Failure.unknownRun(id) }
                try await end(run, from: rest.flatMap(CrossSectionBuilder.Cursor.init), &summary, context)
            case .cutOff(let exchange, let time):
                guard let run = try await Runs(database).latest(exchange: exchange, asOf: time) else { break }
                let progress = try await Runs(database).progress(run.id)
                guard !progress.isComplete else { break }
                context.logger.warning(
                    "Cut off", metadata: ["run": "\(run.id)", "expected": "\(progress.expected)", "folded": "\(progress.folded)"])
                try await end(run, from: nil, &summary, context)
            case .rebuild(let step):
                try await rebuild(step, &summary, context)
            case .crossCheck(let check):
                summary.crossCheck = try await compare(check, context)
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

    /// Folds one response in; returns the keys of all that were folded.
    func foldObject(_ key: String, _ summary: inout FeaturizeSummary, _ context: Context) async throws -> [String] {
        let (archive, deadline) = (archive, context.cutOff.instant)
        return try await fold(try await archive.get(key, deadline: deadline), &summary) { try await archive.get($0, deadline: deadline) }
    }

    /// Tells this function, in an invocation of its own, that a run is complete.
    private func announce(_ event: RunCompleteEvent, _ context: Context) async throws {
        let event = try JSONEncoder().encode(event)
        _ = try await lambda.invoke(ownFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
    }

    /// Ends a run: brings the cross-sections of its exchanges up to date, which may take several invocations, and hands its instruments to
    /// Predict.
    private func end(
        _ run: Run, from place: CrossSectionBuilder.Cursor?, _ summary: inout FeaturizeSummary, _ context: Context
    ) async throws {
        let half = ContinuousClock.now + (context.cutOff.instant - .now) / 2
        let members = try await Instruments(database).find(ids: run.expected)
        for exchange in Set(members.map(\.exchange)).sorted() where place.map({ $0.exchange <= exchange }) ?? true {
            let (written, rest) = try await CrossSectionBuilder(database: database, store: fold.store).update(
                exchange, asOf: run.asOf, from: place?.exchange == exchange ? place : nil, until: half)
            summary.crossSection += written
            guard let rest else { continue }
            return try await announce(RunCompleteEvent(run: run.id, rest: rest.event), context)
        }
        for start in stride(from: 0, to: members.count, by: Self.sliceSize) {
            let slice = members[start..<min(start + Self.sliceSize, members.count)].map(\.id)
            let event = try JSONEncoder().encode(RunSliceEvent(run: run.id, instruments: slice))
            _ = try await lambda.invoke(predictFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
            summary.handedOn += 1
        }
    }
}
