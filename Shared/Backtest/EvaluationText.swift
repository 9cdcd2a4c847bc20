package import Forecasting
import FoundationEssentials

/// An evaluation as text.
package enum EvaluationText {
    /// Pretty-printed JSON with sorted keys.
    package static func json(_ report: EvaluationReport) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return [UInt8](try encoder.encode(report))
    }

    /// Lines for a terminal.
    package static func lines(_ report: EvaluationReport) -> [String] {
        var lines: [String] = []
        for horizon in report.horizons {
            lines.append("horizon \(horizon.horizon)")
            for slice in horizon.slices {
                lines.append(
                    "  skill, \(slice.name): \(percent(slice.overClimatology)) % over climatology, \(percent(slice.overRandomWalk)) % over the "
                        + "random walk (\(slice.count) forecasts)")
            }
            let c = horizon.coverage
            lines.append(
                "  coverage 80/90: \(percent(c.issued80))/\(percent(c.issued90)) % issued, \(percent(c.raw80))/\(percent(c.raw90)) % before calibration"
            )
            lines.append("  probability integral, tenths: " + horizon.probabilityIntegral.map { percent($0) }.joined(separator: " "))
            let d = horizon.direction
            lines.append(
                "  direction: \(percent(d.share)) ± \(percent(d.halfWidth)) % right, always up \(percent(d.alwaysUp)) % (\(d.dates) dates)")
            let ic = horizon.rankCorrelation
            lines.append("  rank correlation: \(fixed(ic.mean, 3)), t \(fixed(ic.t, 1)) over \(ic.dates) daily origins")
            lines.append(
                "  Diebold-Mariano: " + horizon.comparisons.map { "\(fixed($0.t, 1)) against \($0.against)" }.joined(separator: ", "))
        }
        if let p = report.portfolio {
            lines.append(
                "paper portfolio: Sharpe \(fixed(p.grossSharpe, 2)) before and \(fixed(p.netSharpe, 2)) after costs of "
                    + "\(fixed(p.costPerSide * 1e4, 0)) bp a side, turnover \(fixed(p.turnover, 2)), deflated Sharpe probability "
                    + "\(fixed(p.deflatedSharpe, 2)) for \(p.trials) configurations tried")
        }
        return lines + report.leakChecks.map { "leak check, \($0.name): \($0.passed ? "passed" : "FAILED"), \($0.detail)" }
    }

    private static func percent(_ value: Double) -> String { fixed(100 * value, 2) }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        let units = Int64((value * scale).rounded())
        guard digits > 0 else { return "\(units)" }
        let fraction = String(units.magnitude % UInt64(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(units < 0 ? "-" : "")\(units.magnitude / UInt64(scale)).\(zeros)\(fraction)"
    }
}
