import Features
import Forecasting
import FoundationEssentials
import LambdaEvents
import Market
import Store

extension Dashboard {
    private struct EvaluationDocument: Encodable {
        struct Row: Encodable {
            let role, model: String
            let horizon, forecasts: Int
            /// 1 − loss / the random walk's loss, over all forecasts.
            let pinballSkill, coverage80, coverage90, baselineCoverage80: Double

            private enum CodingKeys: String, CodingKey {
                case role, model, horizon, forecasts, pinballSkill = "pinball_skill", coverage80 = "coverage_80", coverage90 = "coverage_90"
                case baselineCoverage80 = "random_walk_coverage_80"
            }
        }

        let from, to: SessionDate
        let asOf: Instant
        let results: [Row]

        private enum CodingKeys: String, CodingKey { case from, to, asOf = "as_of", results }
    }

    private struct Group: Hashable {
        let role, model: String
        let horizon: Int
    }

    /// `GET /v1/evaluation?from=&to=&symbol=&as_of=`: how matured forecasts did against what happened, beside the random walk's.
    func evaluation(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let to = try parameters.date("to") ?? parameters.asOf.utcDate
        let from = try parameters.date("from") ?? to.advanced(by: -730)
        guard from <= to else { throw ProblemDetails.invalidParameter("from", "\(from) is after \(to).") }
        let instrument = try await wanted(request.queryStringParameters?["symbol"])
        let matured = try await Forecasts(database).matured(
            from: from, through: to, asOf: .recorded(parameters.asOf), featureVersion: FeatureSet.version)
        var scores: [Group: (model: Score, walk: Score)] = [:]
        for entry in matured where instrument == nil || entry.forecast.instrument == instrument {
            let group = Group(role: entry.forecast.role, model: entry.modelKind, horizon: entry.forecast.horizon)
            var score = scores[group] ?? (Score(), Score())
            score.model.add(entry.outcome, quantiles: entry.forecast.quantiles)
            score.walk.add(entry.outcome, quantiles: entry.forecast.baselineQuantiles)
            scores[group] = score
        }
        let rows = scores.map { group, score in
            EvaluationDocument.Row(
                role: group.role, model: group.model, horizon: group.horizon, forecasts: score.model.count,
                pinballSkill: Evaluation.skill(score.model.meanLoss, over: score.walk.meanLoss), coverage80: score.model.coverage80,
                coverage90: score.model.coverage90, baselineCoverage80: score.walk.coverage80)
        }
        let document = EvaluationDocument(
            from: from, to: to, asOf: parameters.asOf,
            results: rows.sorted { ($0.role, $0.model, $0.horizon) < ($1.role, $1.model, $1.horizon) })
        return try HTTPAPIResponse(json: document)
    }

    private func wanted(_ symbol: String?) async throws -> String? {
        guard let symbol else { return nil }
        guard let instrument = try await Instruments(database).find(symbol: symbol) else { throw ProblemDetails.unknownSymbol(symbol) }
        return instrument.id
    }
}
