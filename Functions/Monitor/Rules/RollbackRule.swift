/// When the champion gives way to the floor: over its last 20 origins it lost more than the floor by two standard errors.
///
/// Consecutive origins share most of their outcome at long horizons: 20 of them are hardly more than two observations, and twenty values
/// do not tell how much they hang together. The standard error of their mean is made of the autocovariances over the last year's origins:
/// (γ₀ + 2 Σ (1 − k/20) γₖ) / 20 over the lags below 20. On 2012–2017 of the development data the plain error, and Newey and West's
/// over the 20 alone, would have dropped the better ensemble nearly twice a year; this one once in five.
enum RollbackRule {
    static let origins = 20
    static let standardErrors = 2.0

    /// The evidence when it must go, else nil.
    static func judge(_ record: LiveRecord, champion: String, floor: String) -> Evidence? {
        let year = record.last(PromotionRule.window)
        let x = year.differences(champion, less: floor)
        guard x.count >= origins else { return nil }
        let mean = x.suffix(origins).reduce(0, +) / Double(origins)
        let error = standardError(of: x)
        guard mean > standardErrors * error, mean > 0 else { return nil }
        return Evidence(
            year.last(origins), champion, against: floor, mean: mean, t: error > 0 ? mean / error : .infinity, reasons: [])
    }

    /// Of the mean of `origins` consecutive values of a series like this one.
    private static func standardError(of x: [Double]) -> Double {
        let n = Double(x.count)
        let mean = x.reduce(0, +) / n
        let e = x.map { $0 - mean }
        func covariance(_ lag: Int) -> Double { zip(e.dropFirst(lag), e).reduce(0) { $0 + $1.0 * $1.1 } / n }
        let shared = (1..<origins).reduce(0) { $0 + (1 - Double($1) / Double(origins)) * covariance($1) }
        return (max(covariance(0) + 2 * shared, 0) / Double(origins)).squareRoot()
    }
}
