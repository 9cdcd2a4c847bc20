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
    /// An answer before the gateway gives up, also when a store is down.
    func answerInTime(_ request: HTTPAPIRequest, _ context: Context) async throws -> HTTPAPIResponse {
        do {
            return try await database.withDeadline(min(context.cutOff.instant, .now + .seconds(20))) { try await answer(request, context) }
        } catch let error where error is PostgresError || error is AWSError {
            context.logger.error("A store cannot be used", metadata: ["error": "\(error)"])
            return HTTPAPIResponse(.unavailable)
        }
    }

    /// `GET /v1/forecasts/{symbol}?horizon=&as_of=&include=challenger&explain=true`: the champion's, with `include` every other family's, and
    /// with `explain` what moves them.
    func answer(_ request: HTTPAPIRequest, _ context: Context) async throws -> HTTPAPIResponse {
        do {
            let query = try ForecastQuery(request)
            var (instrument, entries) = try await entries(query, context)
            if query.isExplained {
                let explanations = try await service.explanations(
                    of: entries.map { $0.forecasts[0] }, instrument, asOf: query.asOf, context.cutOff.instant, context.logger)
                for place in entries.indices { entries[place].explanation = explanations[entries[place].forecasts[0].model] }
            }
            let calendar = try await calendars.calendar(of: instrument.exchange, asOf: query.asOf)
            let evidence = try await track.evidence(
                of: instrument.id, through: entries[0].forecasts[0].session, asOf: query.asOf)
            let document = ForecastDocument(instrument, entries, query, evidence, calendar)
            return HTTPAPIResponse(
                statusCode: 200, headers: ["cache-control": "private, max-age=30", "content-type": "application/json"],
                body: document.json())
        } catch let problem as ProblemDetails {
            return HTTPAPIResponse(problem)
        } catch let refusal as UnusableFamilyError {
            context.logger.error("There is no forecast without the random walk", metadata: ["reason": "\(refusal)"])
            metrics.report(["UnusableKinds": 1], milliseconds: WallClock.microseconds() / 1000)
            return HTTPAPIResponse(.noUsableModel(refusal))
        }
    }

    /// One family's kept forecasts.
    struct Kept: Sendable {
        let role: ModelLineup.Role
        let family: String
        let fittedAsOf: Instant
        /// Not empty.
        let forecasts: [Forecast]
        var explanation: Explanation?
    }

    /// The champion's kept forecasts, and the others' when they are asked for. What is missing or out of date is made and kept first, of
    /// the families that are shown alone; a family that refused the session's rows is not asked again.
    private func entries(_ query: ForecastQuery, _ context: Context) async throws -> (Instrument, [Kept]) {
        guard let champion = try await kept(query, family: nil) else { throw ProblemDetails.unknownSymbol(query.symbol) }
        try await checkExpiry(of: champion, query)
        guard let leader = champion.family else { throw ProblemDetails.noModel(asOf: query.asOf) }
        var shown: [(role: ModelLineup.Role, family: String, kept: StoredForecasts)] = [(.champion, leader, champion)]
        if query.includesOthers, let lineup = try await service.lineup(asOf: query.asOf) {
            for member in lineup.members where member.role == .floor || member.role == .challenger {
                if let kept = try await kept(query, family: member.family) { shown.append((member.role, member.family, kept)) }
            }
        }
        let refused = await refusals.families(champion, asOf: query.asOf)
        let missing = shown.filter {
            !$0.kept.isCurrent && !refused.contains($0.family) || $0.role == .champion && $0.kept.forecasts.isEmpty
        }
        .map(\.family)
        if !missing.isEmpty {
            let (issued, unusable) = try await issue(Set(missing), champion, query, context)
            for (place, entry) in shown.enumerated() where missing.contains(entry.family) {
                shown[place].kept = try await kept(query, family: entry.role == .champion ? nil : entry.family) ?? entry.kept
            }
            if let refusal = unusable[leader], !shown[0].kept.isCurrent { throw ProblemDetails.noUsableModel(refusal) }
            if shown[0].kept.forecasts.isEmpty { throw ProblemDetails.unforecastable(query.symbol, issued.reason) }
        }
        return (champion.instrument, shown.compactMap { Kept($0.kept, $0.role) })
    }

    private func kept(_ query: ForecastQuery, family: String?) async throws -> StoredForecasts? {
        try await Forecasts(database).kept(
            symbol: query.symbol, asOf: query.asOf, family: family, featureVersion: FeatureSet.version)
    }

    /// Features that are too old for a forecast are so for every family.
    private func checkExpiry(of kept: StoredForecasts, _ query: ForecastQuery) async throws {
        guard let last = kept.lastSession,
            let calendar = try await calendars.calendar(of: kept.instrument.exchange, asOf: query.asOf),
            expiry.isExpired(last, at: query.asOf, calendar)
        else { return }
        let age = expiry.age(of: last, at: query.asOf, calendar)
        throw ProblemDetails.expired(query.symbol, last, age: age, of: expiry.sessions)
    }

    private func issue(
        _ families: Set<String>, _ kept: StoredForecasts, _ query: ForecastQuery, _ context: Context
    ) async throws -> (issued: ForecastService.InstrumentForecasts, unusable: [String: UnusableFamilyError]) {
        guard let active = try await service.active(asOf: query.asOf, families: families, context.cutOff.instant, context.logger) else {
            throw ProblemDetails.noModel(asOf: query.asOf)
        }
        if !active.unusable.isEmpty {
            metrics.report(["UnusableKinds": active.unusable.count], milliseconds: WallClock.microseconds() / 1000)
        }
        let issued = try await service.issue(kept.instrument, asOf: query.asOf, active)
        try await Forecasts(database).keep(issued.forecasts)
        let made = Set(
            active.others.filter { other in issued.forecasts.contains { $0.model == other.model.row.id } }.map(\.model.row.family))
        // A family without a usable fit is asked again: its next fit may serve at once.
        await refusals.note(families.subtracting(made).subtracting(active.unusable.keys), kept, asOf: query.asOf)
        return (issued, active.unusable)
    }
}

extension Predict.Kept {
    /// nil without a forecast.
    init?(_ kept: StoredForecasts, _ role: ModelLineup.Role) {
        guard let family = kept.family, let fittedAsOf = kept.fittedAsOf, !kept.forecasts.isEmpty else { return nil }
        self.init(role: role, family: family, fittedAsOf: fittedAsOf, forecasts: kept.forecasts)
    }
}

extension ProblemDetails {
    static func noModel(asOf: Instant) -> ProblemDetails {
        ProblemDetails(
            "no-model", title: "There is no model yet", status: 503,
            detail: "No model had been trained by \(asOf). Invoke Train, for example with `Runtime/bellwether invoke Train`.")
    }

    static func noUsableModel(_ refusal: UnusableFamilyError) -> ProblemDetails {
        let fits = refusal.reasons.count == 1 ? "The only fit" : "Every one of the last \(refusal.reasons.count) fits"
        return ProblemDetails(
            "no-usable-model", title: "No fit of the model can be used", status: 503,
            detail: "\(fits) of \(refusal.family) has an artifact that is missing or is not what was registered; Predict's log says which. "
                + remedy(refusal.family))
    }

    private static func remedy(_ family: String) -> String {
        func fit(_ family: String) -> String { "`echo '{\"families\":[\"\(family)\"]}' | bellwether invoke Train --event -`" }
        let meanwhile = "Until then another family can answer: `bellwether models promote`, or `bellwether models rollback` for the floor."
        return switch family {
        case RandomWalk.family:
            "Fit it anew: \(fit(family)). Every forecast is shown beside it, so that no other family can answer until then."
        case Ensemble.family:
            "When the log names a member, fit its family anew, for example \(fit(LSTM.family)), and the ensemble of it is made after that; "
                + "otherwise make the ensemble anew: \(fit(family)). \(meanwhile)"
        default: "Fit it anew: \(fit(family)). \(meanwhile)"
        }
    }

    static func expired(_ symbol: String, _ last: SessionDate, age: Int, of sessions: Int) -> ProblemDetails {
        ProblemDetails(
            "features-expired", title: "What is known of the instrument is too old", status: 409,
            detail: "The last session with features of \(symbol) is \(last); \(age) sessions have closed since, and features count for "
                + "\(sessions). `bellwether data status` tells what is missing, `bellwether repair` asks for it again.",
            parameter: "symbol")
    }

    static func unforecastable(_ symbol: String, _ reason: String) -> ProblemDetails {
        ProblemDetails(
            "no-forecast", title: "The instrument cannot be forecast", status: 409, detail: "\(symbol) has no forecast: \(reason).",
            parameter: "symbol")
    }
}
