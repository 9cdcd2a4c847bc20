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
            /// 1 − loss / the random walk's loss, over all forecasts; `raw` is without the spread factor.
            let pinballSkill, coverage80, coverage90, uncalibratedPinballSkill, uncalibratedCoverage80, uncalibratedCoverage90,
                baselineCoverage80: Double

            private enum CodingKeys: String, CodingKey {
                case role, model, horizon, forecasts, pinballSkill = "pinball_skill", coverage80 = "coverage_80", coverage90 = "coverage_90"
                case uncalibratedPinballSkill = "raw_pinball_skill", uncalibratedCoverage80 = "raw_coverage_80", uncalibratedCoverage90 =
                    "raw_coverage_90"
                case baselineCoverage80 = "random_walk_coverage_80"
            }

            init(_ totals: ScoreTotals) {
                role = totals.group
                model = totals.family
                horizon = totals.horizon
                forecasts = totals.count
                pinballSkill = Evaluation.skill(totals.loss, over: totals.baselineLoss)
                coverage80 = totals.share(totals.inside80)
                coverage90 = totals.share(totals.inside90)
                uncalibratedPinballSkill = Evaluation.skill(totals.uncalibratedLoss, over: totals.baselineLoss)
                uncalibratedCoverage80 = totals.share(totals.uncalibratedInside80)
                uncalibratedCoverage90 = totals.share(totals.uncalibratedInside90)
                baselineCoverage80 = totals.share(totals.baselineInside80)
            }
        }

        let from, to: SessionDate
        let asOf: Instant
        let results: [Row]

        private enum CodingKeys: String, CodingKey { case from, to, asOf = "as_of", results }
    }

    /// `GET /v1/evaluation?from=&to=&symbol=&as_of=`: how matured forecasts did against what happened, beside the random walk's, by the
    /// part that their model played when they were issued.
    func evaluation(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let to = try parameters.date("to") ?? parameters.asOf.utcDate
        let from = try parameters.date("from") ?? to.advanced(by: -730)
        guard from <= to else { throw ProblemDetails.invalidParameter("from", "\(from) is after \(to).") }
        let instrument = try await wanted(request.queryStringParameters?["symbol"], asOf: parameters.asOf)
        let totals = try await Scores(database).totals(
            by: .role, from: from, through: to, asOf: parameters.asOf, instrument: instrument)
        return try HTTPAPIResponse(
            json: EvaluationDocument(from: from, to: to, asOf: parameters.asOf, results: totals.map(EvaluationDocument.Row.init)))
    }

    private func wanted(_ symbol: String?, asOf instant: Instant) async throws -> String? {
        guard let symbol else { return nil }
        guard let instrument = try await Instruments(database).find(symbol: symbol, asOf: instant) else {
            throw ProblemDetails.unknownSymbol(symbol)
        }
        return instrument.id
    }
}
