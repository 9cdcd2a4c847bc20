import AWS
import Features
import Forecasting
import FoundationEssentials
import LambdaEvents
import LambdaRuntime
import Logging
import Market
import Postgres
import Store
import Telemetry

extension Predict {
    /// Responds before the gateway's timeout, even if the database or the object store is down.
    func respondInTime(_ request: HTTPAPIRequest, _ context: Context) async throws -> HTTPAPIResponse {
        do {
            return try await database.withDeadline(min(context.cutOff.instant, .now + .seconds(20))) { try await respond(request, context) }
        } catch let error where error is PostgresError || error is AWSError {
            context.logger.error("The database or the object store cannot be used", metadata: ["error": "\(error)"])
            return HTTPAPIResponse(.unavailable)
        }
    }

    /// `GET /v1/forecasts/{symbol}?horizon=&as_of=&include=challenger&explain=true`: the champion's forecast; with `include` also every
    /// other family's; with `explain` also the features that influence each forecast.
    func respond(_ request: HTTPAPIRequest, _ context: Context) async throws -> HTTPAPIResponse {
        do {
            let query = try ForecastQuery(request)
            let stored = try await currentForecasts(query, context)
            let instrument = stored.instrument
            var explanations: [String: Explanation] = [:]
            if query.isExplained {
                explanations = try await service.explanations(
                    of: stored.families.map { $0.forecasts[0] }, instrument, asOf: query.asOf, context.cutOff.instant, context.logger)
            }
            let calendar = try await calendars.calendar(of: instrument.exchange, asOf: query.asOf)
            let performance = try await performance.summaries(
                of: instrument.id, through: stored.families[0].forecasts[0].session, asOf: query.asOf)
            let document = ForecastDocument(stored, query, performance, explanations, calendar)
            return HTTPAPIResponse(
                statusCode: 200, headers: ["cache-control": "private, max-age=30", "content-type": "application/json"],
                body: document.json())
        } catch let problem as ProblemDetails {
            return HTTPAPIResponse(problem)
        } catch let error as UnusableFamilyError {
            context.logger.error("No forecast can be made: the random walk has no usable version", metadata: ["reason": "\(error)"])
            metrics.report(["UnusableFamilies": 1], milliseconds: WallClock.microseconds() / 1000)
            return HTTPAPIResponse(.noUsableModel(error))
        }
    }

    /// The stored forecasts of the queried families, the champion's first. Missing or outdated forecasts are made for this response.
    ///
    /// They are kept in memory and not stored: a request must not change what is scored later. A family that could not forecast the session
    /// is not tried again within the hour.
    private func currentForecasts(_ query: ForecastQuery, _ context: Context) async throws -> StoredForecasts {
        let members = try await service.servingMembers(asOf: query.asOf, includingOthers: query.includesOthers)
        guard var stored = try await latest(query, members) else { throw ProblemDetails.unknownSymbol(query.symbol) }
        try await checkExpiry(of: stored, query)
        guard let champion = members.first?.family else { throw ProblemDetails.noModel(asOf: query.asOf) }
        stored = stored.adding(await self.made.forecasts(stored, asOf: query.asOf), members: members)
        let failed = await failures.families(stored, asOf: query.asOf)
        let missing = members.map(\.family).filter {
            !stored.isCurrent($0) && !failed.contains($0) || $0 == champion && stored[$0] == nil
        }
        guard !missing.isEmpty else { return stored }
        let (made, unusable) = try await forecast(Set(missing), stored, query, context)
        stored = stored.adding(made.forecasts, members: members)
        if let error = unusable[champion], !stored.isCurrent(champion) { throw ProblemDetails.noUsableModel(error) }
        if stored[champion] == nil { throw ProblemDetails.unforecastable(query.symbol, made.reason) }
        return stored
    }

    private func latest(_ query: ForecastQuery, _ members: [ModelLineup.Member]) async throws -> StoredForecasts? {
        try await Forecasts(database).latest(
            symbol: query.symbol, asOf: query.asOf, members: members, featureVersion: FeatureSet.version)
    }

    /// Throws if the features have expired; they expire for all families at once.
    private func checkExpiry(of stored: StoredForecasts, _ query: ForecastQuery) async throws {
        guard let last = stored.lastSession,
            let calendar = try await calendars.calendar(of: stored.instrument.exchange, asOf: query.asOf),
            expiry.isExpired(last, at: query.asOf, calendar)
        else { return }
        let age = expiry.age(of: last, at: query.asOf, calendar)
        throw ProblemDetails.expired(query.symbol, last, age: age, of: expiry.sessions)
    }

    /// Makes forecasts of some families and keeps them in memory, and remembers the families that cannot forecast.
    private func forecast(
        _ families: Set<String>, _ stored: StoredForecasts, _ query: ForecastQuery, _ context: Context
    ) async throws -> (made: ForecastService.InstrumentForecasts, unusable: [String: UnusableFamilyError]) {
        guard let models = try await service.activeModels(asOf: query.asOf, families: families, context.cutOff.instant, context.logger)
        else { throw ProblemDetails.noModel(asOf: query.asOf) }
        if !models.unusable.isEmpty {
            metrics.report(["UnusableFamilies": models.unusable.count], milliseconds: WallClock.microseconds() / 1000)
        }
        let exchange = stored.instrument.exchange
        var isPast = false
        if let session = stored.lastSession {
            isPast = try await !Runs(database).exchanges(among: [exchange], pastSession: session, after: query.asOf).isEmpty
        }
        let made = try await service.forecast(stored.instrument, asOf: query.asOf, models, isHindsight: isPast)
        await self.made.insert(made.forecasts, stored, asOf: query.asOf)
        let successful = Set(
            models.others.filter { other in made.forecasts.contains { $0.model == other.model.version.id } }.map(\.model.version.family))
        // A family without a usable version is tried again: its next version may serve at once.
        await failures.insert(families.subtracting(successful).subtracting(models.unusable.keys), stored, asOf: query.asOf)
        return (made, models.unusable)
    }
}

extension ProblemDetails {
    static func noModel(asOf: Instant) -> ProblemDetails {
        ProblemDetails(
            "no-model", title: "There is no model yet", status: 503,
            detail: "No model had been trained by \(asOf). Invoke Train, for example with `Runtime/bellwether invoke Train`.")
    }

    static func noUsableModel(_ error: UnusableFamilyError) -> ProblemDetails {
        let versions = error.reasons.count == 1 ? "The only version" : "Every one of the last \(error.reasons.count) versions"
        return ProblemDetails(
            "no-usable-model", title: "No version of the model can be used", status: 503,
            detail:
                "\(versions) of \(error.family) has an artifact that is missing or is not what was registered; Predict's log says which. "
                + remedy(error.family))
    }

    private static func remedy(_ family: String) -> String {
        func training(_ family: String) -> String { "`echo '{\"families\":[\"\(family)\"]}' | bellwether invoke Train --event -`" }
        let meanwhile =
            "Until then another family can serve: `bellwether models promote`, or `bellwether models rollback` for the fallback."
        return switch family {
        case RandomWalk.family:
            "Train it again: \(training(family)). It is the baseline of every forecast, so that no other family can serve until then."
        case Ensemble.family:
            "When the log names a member, train its family again, for example \(training(LSTM.family)); the ensemble is made after that. "
                + "Otherwise make the ensemble again: \(training(family)). \(meanwhile)"
        default: "Train it again: \(training(family)). \(meanwhile)"
        }
    }

    static func expired(_ symbol: String, _ last: SessionDate, age: Int, of sessions: Int) -> ProblemDetails {
        ProblemDetails(
            "features-expired", title: "The instrument's features are too old", status: 409,
            detail: "The last session with features of \(symbol) is \(last); \(age) sessions have closed since, and features are valid for "
                + "\(sessions). `bellwether data status` shows what is missing, `bellwether repair` collects it again.",
            parameter: "symbol")
    }

    static func unforecastable(_ symbol: String, _ reason: String) -> ProblemDetails {
        ProblemDetails(
            "no-forecast", title: "The instrument cannot be forecast", status: 409, detail: "\(symbol) has no forecast: \(reason).",
            parameter: "symbol")
    }
}
