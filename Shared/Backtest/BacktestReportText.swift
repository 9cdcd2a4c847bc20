import Forecasting
import Formats
import FoundationEssentials
import Market

/// Formats a backtest's report as JSON and as lines for a terminal.
package enum BacktestReportText {
    /// Pretty-printed JSON with sorted keys: the evaluation, the trained models, failed trainings and origins without a forecast.
    package static func json(_ report: BacktestReport) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return [UInt8](try encoder.encode(Document(report)))
    }

    /// Lines for a terminal.
    package static func lines(_ report: BacktestReport) -> [String] {
        let evaluation = report.evaluation
        var lines = BacktestProblems(report).lines
        for horizon in evaluation.horizons {
            lines.append("horizon \(horizon.horizon)")
            lines += horizon.slices.first?.count == 0 ? ["  no outcome yet"] : Self.lines(horizon)
        }
        if let p = evaluation.portfolio {
            lines.append(
                "paper portfolio: Sharpe \(fixed(p.grossSharpe, 2)) before and \(fixed(p.netSharpe, 2)) after costs of "
                    + "\(fixed(p.costPerSide * 1e4, 0)) bp a side, turnover \(fixed(p.turnover, 2)), deflated Sharpe probability "
                    + "\(fixed(p.deflatedSharpe, 2)) for \(p.trials) configurations tried")
        } else {
            lines.append(
                "paper portfolio: none; give ten origin sessions with outcomes, five sessions or more apart, with ten symbols each")
        }
        return lines + evaluation.leakChecks.map { "leak check, \($0.name): \(state($0.state)) \($0.detail)" }
    }

    private static func lines(_ horizon: EvaluationReport.Horizon) -> [String] {
        var lines = horizon.slices.map { slice in
            "  skill, \(slice.name): \(percent(slice.overClimatology)) over climatology, \(percent(slice.overRandomWalk)) over the "
                + "random walk (\(slice.count) forecasts)"
        }
        if let c = horizon.coverage {
            lines.append(
                "  coverage 80/90: \(share(c.calibrated80))/\(share(c.calibrated90)) % calibrated, "
                    + "\(share(c.uncalibrated80))/\(share(c.uncalibrated90)) % before calibration"
            )
        }
        lines.append("  probability integral, tenths: " + horizon.probabilityIntegral.map { share($0.share) }.joined(separator: " "))
        if let d = horizon.direction {
            let width = d.halfWidth.map { " ± \(share($0))" } ?? ""
            lines.append("  direction: \(share(d.share))\(width) % right, always up \(share(d.alwaysUp)) % (\(d.dates) dates)")
        }
        if let ic = horizon.rankCorrelation {
            lines.append("  rank correlation: \(fixed(ic.mean, 3)), t \(ic.t.map { fixed($0, 1) } ?? "-") over \(ic.dates) daily origins")
        }
        let comparisons = horizon.comparisons.map { "\($0.t.map { fixed($0, 1) } ?? "-") against \($0.against)" }
        return lines + ["  Diebold-Mariano: " + comparisons.joined(separator: ", ")]
    }

    private static func state(_ state: EvaluationReport.LeakCheck.State) -> String {
        switch state {
        case .passed: "passed,"
        case .failed: "FAILED,"
        case .notRun: "not run:"
        }
    }

    private static func percent(_ value: Double?) -> String { value.map { "\(share($0)) %" } ?? "-" }

    private static func share(_ value: Double) -> String { fixed(100 * value, 2) }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        guard let units = Int64(checked: (value * scale).rounded()), let unit = UInt64(checked: scale) else { return "\(value)" }
        guard digits > 0 else { return "\(units)" }
        let fraction = String(units.magnitude % unit)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(units < 0 ? "-" : "")\(units.magnitude / unit).\(zeros)\(fraction)"
    }
}

/// The JSON document of a report: the evaluation, the trained models and the problems.
private struct Document: Encodable {
    struct TrainedModel: Encodable {
        let family, session: String
        let metrics: [String: Double]
    }

    let model: String
    let horizons: [EvaluationReport.Horizon]
    let portfolio: PaperPortfolio.Result?
    let leakChecks: [EvaluationReport.LeakCheck]
    let trainedModels: [TrainedModel]
    let failedTrainings: [BacktestProblems.FailedFamily]
    let rejectedOrigins: [BacktestProblems.RejectedGroup]

    private enum CodingKeys: String, CodingKey {
        case model, horizons, portfolio, leakChecks = "leak_checks", trainedModels = "trained_models"
        case failedTrainings = "failed_trainings", rejectedOrigins = "rejected_origins"
    }

    init(_ report: BacktestReport) {
        let problems = BacktestProblems(report)
        model = report.model
        horizons = report.evaluation.horizons
        portfolio = report.evaluation.portfolio
        leakChecks = report.evaluation.leakChecks
        trainedModels = report.trainedModels.map {
            TrainedModel(family: $0.family, session: $0.session.description, metrics: $0.metrics.filter(\.value.isFinite))
        }
        failedTrainings = problems.failed
        rejectedOrigins = problems.rejected
    }
}
