/// The variance of a session: Garman and Klass's of its bar plus the squared overnight return, recomputed from the features.
///
/// Without these features it is the squared return. It is at least a hundredth of S², so that its logarithm is bounded.
struct DailyVariance: Sendable, Hashable {
    /// Columns of range, intraday, gap (all over σ) and lsig = ln σ + 4; nil when the layout lacks one of them.
    private let columns: [Int]?

    init(_ layout: FeatureLayout) {
        let found = ["range", "intraday", "gap", "lsig"].compactMap { layout.names.firstIndex(of: $0) }
        columns = found.count == 4 ? found : nil
    }

    /// The variance of a row's session; NaN without a volatility.
    func callAsFunction(_ history: History, row: Int) -> Double {
        let scale = history.blend[row]
        guard row > 0, scale.isFinite, scale > 0 else { return .nan }
        let least = 0.01 * scale * scale
        guard let columns else {
            let r = history.logLevel[row] - history.logLevel[row - 1]
            return max(r * r, least)
        }
        let base = row * history.layout.names.count
        let (range, intraday, gap, level) = (
            Double(history.features[base + columns[0]]), Double(history.features[base + columns[1]]),
            Double(history.features[base + columns[2]]), Double(history.features[base + columns[3]])
        )
        let variance = max(0.5 * range * range - 0.386_294_361_119_890_6 * intraday * intraday, 0) + gap * gap
        let s = exponential(level - 4)
        let value = variance * s * s
        return value.isFinite ? max(value, least) : .nan
    }
}
