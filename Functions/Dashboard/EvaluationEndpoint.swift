import Forecasting
import FoundationEssentials
import LambdaEvents
import Market
import Store

extension Dashboard {
    private struct EvaluationDocument: Encodable {
        /// One role, family and horizon.
        struct Row: Encodable {
            let role, family: String
            let horizon, forecasts: Int
            /// `pinballSkill` is 1 − loss / the random walk's loss, over all forecasts; `uncalibrated` figures are before calibration.
            let pinballSkill, coverage80, coverage90: Double
            let uncalibratedPinballSkill, uncalibratedCoverage80, uncalibratedCoverage90, baselineCoverage80: Double

            private enum CodingKeys: String, CodingKey {
                case role, family, horizon, forecasts, pinballSkill = "pinball_skill", coverage80 = "coverage_80", coverage90 =
                    "coverage_90"
                case uncalibratedPinballSkill = "uncalibrated_pinball_skill", uncalibratedCoverage80 = "uncalibrated_coverage_80"
                case uncalibratedCoverage90 = "uncalibrated_coverage_90", baselineCoverage80 = "random_walk_coverage_80"
            }

            init(_ totals: ScoreTotals) {
                role = totals.group
                family = totals.family
                horizon = totals.horizon
                forecasts = totals.count
                pinballSkill = Evaluation.skill(totals.loss, over: totals.baselineLoss)
                coverage80 = totals.coverage(totals.inside80)
                coverage90 = totals.coverage(totals.inside90)
                uncalibratedPinballSkill = Evaluation.skill(totals.uncalibratedLoss, over: totals.baselineLoss)
                uncalibratedCoverage80 = totals.coverage(totals.uncalibratedInside80)
                uncalibratedCoverage90 = totals.coverage(totals.uncalibratedInside90)
                baselineCoverage80 = totals.coverage(totals.baselineInside80)
            }
        }

        let from, to: SessionDate
        let asOf: Instant
        let results: [Row]

        private enum CodingKeys: String, CodingKey { case from, to, asOf = "as_of", results }
    }

    /// `GET /v1/evaluation?from=&to=&symbol=&as_of=`: skill and coverage of matured forecasts and of the random walk, by the role of the
    /// model family at the time of publication.
    func evaluation(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try QueryParameters(request)
        let to = try parameters.date("to") ?? parameters.asOf.utcDate
        let from = try parameters.date("from") ?? to.advanced(by: -730)
        guard from <= to else { throw ProblemDetails.invalidParameter("from", "\(from) is after \(to).") }
        let instrument = try await instrument(in: parameters)?.id
        let totals = try await Scores(database).totals(
            by: .role, from: from, through: to, asOf: parameters.asOf, instrument: instrument)
        return try HTTPAPIResponse(
            json: EvaluationDocument(from: from, to: to, asOf: parameters.asOf, results: totals.map(EvaluationDocument.Row.init)))
    }
}
