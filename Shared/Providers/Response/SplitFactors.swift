import Market

/// The factors by which a split-adjusted history was divided before each of its splits.
struct SplitFactors {
    /// Ex-dates descending, and the product of the ratios of that split and all later ones.
    private let steps: [(exDate: SessionDate, factor: Double)]

    /// Dividends among the actions are ignored.
    init(_ actions: [CorporateAction]) {
        var numerator = 1.0
        var denominator = 1.0
        steps = actions.sorted { $0.exDate > $1.exDate }.compactMap { action in
            guard case .split(let new, let old) = action.kind else { return nil }
            numerator *= new
            denominator *= old
            return (action.exDate, numerator / denominator)
        }
    }

    /// The product of the ratios of all splits whose ex-date is after the date.
    func factor(after date: SessionDate) -> Double { steps.last { $0.exDate > date }?.factor ?? 1 }

    /// Whether a factor is a plausible split ratio: a ratio of integers up to 20, a whole number, or the inverse of one.
    static func isRatioOfSmallIntegers(_ factor: Double) -> Bool {
        guard factor > 0, factor.isFinite else { return false }
        let whole = max(factor, 1 / factor)
        return (1...20).contains { old in
            let new = (whole * Double(old)).rounded()
            return abs(whole * Double(old) - new) <= 1e-4 * Double(old) && (old == 1 || new <= 40)
        }
    }
}
