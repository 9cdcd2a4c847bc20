import AWS
import Clients
import Features
import FoundationEssentials
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

/// Projects archived responses into validated bars, corporate actions and features, finishes runs, and rebuilds the derived tables.
package struct Featurize: Function {
    /// The number of instruments in one event for Predict.
    private static let sliceSize = 100

    let database: Database
    let archive: ResponseArchive
    let lambda: LambdaClient
    let predictFunction: String
    let ownFunction: String
    let projector: ResponseProjector
    /// The providers that the weekly schedule compares; nil if there is only one.
    let crossCheckPair: SourcePrecedence.ProviderPair?
    let completion = RunCompletion()
    let metrics = InvocationMetrics(function: "Featurize")

    enum Failure: Error, Sendable, CustomStringConvertible {
        case unknownRun(String)
        case unknownSymbol(String)
        case invalidCrossCheck
        case invalidWeeks(Int)

        var description: String {
            switch self {
            case .unknownRun(let id): "there is no run \"\(id)\"; invoke Ingest, which opens runs"
            case .unknownSymbol(let symbol): "there is no instrument with the symbol \"\(symbol)\""
            case .invalidWeeks(let weeks): "\"weeks\" is \(weeks), not a number from 1 to 5200"
            case .invalidCrossCheck: "\"cross_check\" needs two providers, such as [\"yahoo\", \"alphavantage\"]"
            }
        }
    }

    /// An object whose instrument or provider is unknown.
    enum UnknownOrigin: SingleObjectError, CustomStringConvertible {
        case instrument(key: String)
        case provider(String)

        var description: String {
            switch self {
            case .instrument(let key): "\(key) is about an instrument that is not registered; invoke Ingest for its symbol"
            case .provider(let name): "there is no provider \"\(name)\"; known are \(ProviderCatalog.names.joined(separator: ", "))"
            }
        }
    }

    package init(_ environment: [String: String]) async throws {
        try Processor.check()
        let precedence = try SourcePrecedence(environment: environment)
        let clients = try await FunctionClients(environment)
        database = clients.database
        archive = ResponseArchive(clients.s3, bucket: try environment.required("BUCKET"))
        lambda = clients.lambda
        predictFunction = try environment.required("PREDICT_FUNCTION")
        ownFunction = try environment.required("AWS_LAMBDA_FUNCTION_NAME")
        projector = ResponseProjector(database, precedence)
        crossCheckPair = try precedence.crossCheckPair(environment, excluded: ProviderCatalog.unserved)
    }

    package func handle(_ event: FeaturizeEvent, _ context: Context) async throws -> FeaturizeSummary {
        try await database.withDeadline(context.cutOff.instant) {
            var summary = FeaturizeSummary()
            switch event {
            case .objects(let keys):
                for key in keys { try await announceRuns(of: try await projectOrQuarantine(key, &summary, context), context) }
            case .finishRun(let event):
                guard let run = try await Runs(database).find(event.run) else { throw Failure.unknownRun(event.run) }
                if event.remaining == nil, try await !completion.isComplete(run.id, Runs(database)) { break }
                try await finish(run, from: event.remaining.flatMap(CrossSectionBuilder.Cursor.init), &summary, context)
            case .cutOff(let exchange, let time):
                guard let run = try await Runs(database).latest(exchange: exchange, asOf: time),
                    let progress = try await Runs(database).progress(run.id), !progress.isComplete
                else { break }
                context.logger.warning(
                    "The run ends incomplete; the next run requests what is missing",
                    metadata: ["run": "\(run.id)", "expected": "\(progress.expected)", "projected": "\(progress.projected)"])
                try await finish(run, from: nil, &summary, context)
            case .rebuild(let step):
                try await rebuild(step, &summary, context)
            case .crossCheck(let check):
                summary.crossCheck = try await compare(check, context)
            }
            if summary.projected > 0 {
                metrics.report(
                    [
                        "ResponsesProjected": summary.projected, "Bars": summary.bars, "FeatureRows": summary.featureRows,
                        "QuarantinedRows": summary.quarantined,
                    ],
                    milliseconds: WallClock.microseconds() / 1000)
            }
            return summary
        }
    }

    /// Projects the response with a key. Returns the keys of all responses that were projected, which includes later ones.
    func project(_ key: String, _ summary: inout FeaturizeSummary, _ context: Context) async throws -> [String] {
        let (archive, deadline) = (archive, context.cutOff.instant)
        let response = try await archive.get(key, deadline: deadline)
        return try await projector.project(response, &summary) { try await archive.get($0, deadline: deadline) }
    }

    /// Projects the response with a key. If the object itself makes that fail twice, the object is quarantined with the reason, so that its
    /// event is not sent again and its runs can be completed. Returns the keys that were projected or quarantined.
    private func projectOrQuarantine(_ key: String, _ summary: inout FeaturizeSummary, _ context: Context) async throws -> [String] {
        do {
            return try await project(key, &summary, context)
        } catch  where FailureScope(error) == .object {
            context.logger.warning("An object cannot be projected", metadata: ["object": "\(key)", "reason": "\(error)"])
        }
        do {
            return try await project(key, &summary, context)
        } catch  where FailureScope(error) == .object {
            context.logger.error("An object was quarantined", metadata: ["object": "\(key)", "reason": "\(error)"])
            try await QuarantinedObjects(database).insert(key, instrument: ResponseKey(key)?.instrument, reason: "\(error)")
            summary.skipped[key] = "\(error)"
            return [key]
        }
    }

    /// Enqueues the event to finish each run that the projected responses have completed. Only this function decides whether a run is
    /// complete.
    private func announceRuns(of keys: [String], _ context: Context) async throws {
        let runs = Runs(database)
        for key in keys {
            for run in try await runs.runs(ofResponse: key) where try await completion.isComplete(run, runs) {
                try await lambda.enqueue(FinishRunEvent(run: run), to: ownFunction, deadline: context.cutOff.instant)
            }
        }
    }

    /// Finishes a run: computes the cross-sections of its exchanges, in several invocations if needed, and enqueues slices for Predict.
    private func finish(
        _ run: Run, from cursor: CrossSectionBuilder.Cursor?, _ summary: inout FeaturizeSummary, _ context: Context
    ) async throws {
        let half = ContinuousClock.now + (context.cutOff.instant - .now) / 2
        let members = try await Instruments(database).find(ids: run.expected)
        for exchange in Set(members.map(\.exchange)).sorted() where cursor.map({ $0.exchange <= exchange }) ?? true {
            let (written, remaining) = try await CrossSectionBuilder(database: database, store: projector.store).update(
                exchange, asOf: run.asOf, from: cursor?.exchange == exchange ? cursor : nil, until: half)
            summary.crossSectionRows += written
            guard let remaining else { continue }
            let event = FinishRunEvent(run: run.id, remaining: remaining.event)
            return try await lambda.enqueue(event, to: ownFunction, deadline: context.cutOff.instant)
        }
        for start in stride(from: 0, to: members.count, by: Self.sliceSize) {
            let slice = members[start..<min(start + Self.sliceSize, members.count)].map(\.id)
            let event = RunSliceEvent(run: run.id, instruments: slice)
            try await lambda.enqueue(event, to: predictFunction, deadline: context.cutOff.instant)
            summary.slices += 1
        }
    }
}
