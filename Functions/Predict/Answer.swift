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

    /// `GET /v1/forecasts/{symbol}?horizon=&as_of=&include=challenger`: the champion's, and with `include` every other kind's.
    func answer(_ request: HTTPAPIRequest, _ context: Context) async throws -> HTTPAPIResponse {
        do {
            let question = try ForecastQuestion(request)
            let (instrument, entries) = try await entries(question, context)
            let calendar = try await calendars.calendar(of: instrument.exchange, asOf: question.asOf)
            let evidence = try await track.evidence(
                of: instrument.id, through: entries[0].forecasts[0].session, asOf: question.asOf)
            let document = ForecastDocument(instrument, entries, question, evidence, calendar)
            return HTTPAPIResponse(
                statusCode: 200, headers: ["cache-control": "private, max-age=30", "content-type": "application/json"],
                body: document.json())
        } catch let problem as ProblemDetails {
            return HTTPAPIResponse(problem)
        }
    }

    /// One kind's kept forecasts.
    struct Kept: Sendable {
        let role: Roster.Role
        let kind: String
        let fittedAsOf: Instant
        /// Not empty.
        let forecasts: [Forecast]
    }

    private func entries(_ question: ForecastQuestion, _ context: Context) async throws -> (Instrument, [Kept]) {
        guard let champion = try await keptOrNew(question, kind: nil, context) else { throw ProblemDetails.unknownSymbol(question.symbol) }
        guard let first = Kept(champion, .champion) else { throw ProblemDetails.noModel(asOf: question.asOf) }
        var entries = [first]
        guard question.includesOthers, let roster = try await issuer.roster(asOf: question.asOf) else {
            return (champion.instrument, entries)
        }
        for member in roster.members where member.role == .floor || member.role == .challenger {
            if let kept = try await keptOrNew(question, kind: member.kind, context).flatMap({ Kept($0, member.role) }) {
                entries.append(kept)
            }
        }
        return (champion.instrument, entries)
    }

    /// The kept forecasts of a kind (nil: the champion's), after new ones were made and kept when those are missing or out of date.
    private func keptOrNew(_ question: ForecastQuestion, kind: String?, _ context: Context) async throws -> KeptForecasts? {
        let forecasts = Forecasts(database)
        let read = {
            try await forecasts.kept(symbol: question.symbol, asOf: question.asOf, kind: kind, featureVersion: FeatureSet.version)
        }
        guard let kept = try await read() else { return nil }
        if let last = kept.lastSession, let calendar = try await calendars.calendar(of: kept.instrument.exchange, asOf: question.asOf) {
            guard !expiry.isOver(last, at: question.asOf, calendar) else {
                let age = expiry.age(of: last, at: question.asOf, calendar)
                throw ProblemDetails.expired(question.symbol, last, age: age, of: expiry.sessions)
            }
        }
        if kept.isCurrent { return kept }
        guard kept.kind != nil, let bench = try await issuer.bench(asOf: question.asOf, context.cutOff.instant, context.logger) else {
            return kept
        }
        let issued = try await issuer.issue(kept.instrument, asOf: question.asOf, bench)
        try await forecasts.keep(issued.forecasts)
        let fresh = try await read()
        if kind == nil, fresh?.forecasts.isEmpty ?? true { throw ProblemDetails.unforecastable(question.symbol, issued.reason) }
        return fresh
    }
}

extension Predict.Kept {
    /// nil without a forecast.
    init?(_ kept: KeptForecasts, _ role: Roster.Role) {
        guard let kind = kept.kind, let fittedAsOf = kept.fittedAsOf, !kept.forecasts.isEmpty else { return nil }
        self.init(role: role, kind: kind, fittedAsOf: fittedAsOf, forecasts: kept.forecasts)
    }
}

extension ProblemDetails {
    static func noModel(asOf: Instant) -> ProblemDetails {
        ProblemDetails(
            "no-model", title: "There is no model yet", status: 503,
            detail: "No model had been trained by \(asOf). Invoke Train, for example with `Runtime/bellwether invoke Train`.")
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
