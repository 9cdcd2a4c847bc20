import Market

/// By how much a split-adjusted history was divided before each of its splits.
struct SplitFactors {
    /// Ex-dates descending, and the product of the ratios of that split and all later ones.
    private let steps: [(exDate: SessionDate, factor: Double)]

    /// Ignores dividends.
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
}
