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

    /// `GET /v1/forecasts/{symbol}?horizon=&as_of=&include=challenger`.
    func answer(_ request: HTTPAPIRequest, _ context: Context) async throws -> HTTPAPIResponse {
        do {
            let question = try ForecastQuestion(request)
            let (instrument, entries) = try await entries(question, context)
            let evidence = try await track.evidence(through: entries[0].forecasts[0].session, asOf: question.asOf)
            let document = ForecastDocument(instrument, entries, question, evidence)
            return HTTPAPIResponse(
                statusCode: 200, headers: ["cache-control": "private, max-age=30", "content-type": "application/json"],
                body: document.json())
        } catch let problem as ProblemDetails {
            return HTTPAPIResponse(problem)
        }
    }

    /// One model's kept forecasts.
    struct Kept: Sendable {
        let slot: Promotions.Slot
        let model: (id: String, kind: String, asOf: Instant, metrics: String)
        let forecasts: [Forecast]
    }

    private func entries(_ question: ForecastQuestion, _ context: Context) async throws -> (Instrument, [Kept]) {
        var entries: [Kept] = []
        var instrument: Instrument?
        for slot in question.slots {
            guard let kept = try await keptOrNew(question, slot, context) else { throw ProblemDetails.unknownSymbol(question.symbol) }
            instrument = kept.instrument
            guard let model = kept.model, !kept.forecasts.isEmpty else {
                guard slot == .champion else { continue }
                throw ProblemDetails.noModel(asOf: question.asOf)
            }
            entries.append(Kept(slot: slot, model: model, forecasts: kept.forecasts))
        }
        guard let instrument, !entries.isEmpty else { throw ProblemDetails.noModel(asOf: question.asOf) }
        return (instrument, entries)
    }

    /// The kept forecasts, after new ones were made and kept when those are missing or out of date.
    private func keptOrNew(_ question: ForecastQuestion, _ slot: Promotions.Slot, _ context: Context) async throws -> KeptForecasts? {
        let forecasts = Forecasts(database)
        let read = {
            try await forecasts.kept(symbol: question.symbol, asOf: question.asOf, slot: slot, featureVersion: FeatureSet.version)
        }
        guard let kept = try await read() else { return nil }
        if kept.isCurrent { return kept }
        guard kept.model != nil, let bench = try await issuer.bench(asOf: question.asOf, context.cutOff.instant) else { return kept }
        switch try await issuer.issue(kept.instrument, asOf: question.asOf, bench) {
        case .success(let fresh):
            try await forecasts.keep(fresh)
            return try await read()
        case .failure(let reason):
            if kept.forecasts.isEmpty { throw ProblemDetails.unforecastable(question.symbol, reason) }
            return kept
        }
    }
}

extension ProblemDetails {
    static func noModel(asOf: Instant) -> ProblemDetails {
        ProblemDetails(
            "no-model", title: "There is no model yet", status: 503,
            detail: "No model had been trained by \(asOf). Invoke Train, for example with `Runtime/bellwether invoke Train`.")
    }

    static func unforecastable(_ symbol: String, _ reason: Unforecastable) -> ProblemDetails {
        ProblemDetails(
            "no-forecast", title: "The instrument cannot be forecast", status: 409, detail: "\(symbol) has no forecast: \(reason).",
            parameter: "symbol")
    }
}
