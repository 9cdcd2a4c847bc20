/// The Diebold-Mariano comparison of two forecasters, one observation per date.
///
/// The losses must be averaged over the symbols of a date, because all symbols of one date are one observation. The variance is Newey and
/// West's with Bartlett weights; the small-sample factor is by Harvey, Leybourne and Newbold (1997).
package struct DieboldMariano: Sendable, Hashable {
    /// The mean loss difference; negative if the first forecaster is better.
    package let mean: Double
    /// The t statistic of the mean; 0 if the differences do not vary.
    package let t: Double
    package let observations: Int

    /// - Parameters:
    ///   - differences: the first forecaster's loss less the second's, by date; values that are not finite are left out.
    ///   - horizon: the forecast horizon in sessions.
    ///   - step: sessions between dates.
    package init(_ differences: [Double], horizon: Int, step: Int) {
        let x = differences.filter(\.isFinite)
        let n = Double(x.count)
        observations = x.count
        guard x.count > 1 else {
            mean = x.first ?? .nan
            t = 0
            return
        }
        let mean = x.reduce(0, +) / n
        let e = x.map { $0 - mean }
        let lags = max(1, (horizon + step - 1) / step)
        var variance = e.reduce(0) { $0 + $1 * $1 } / n
        for lag in 1...lags where lag < e.count {
            let covariance = zip(e[lag...], e).reduce(0) { $0 + $1.0 * $1.1 } / n
            variance += 2 * (1 - Double(lag) / Double(lags + 1)) * covariance
        }
        let k = Double(lags + 1)
        let correction = max((n + 1 - 2 * k + k * (k - 1) / n) / n, 0.1).squareRoot()
        self.mean = mean
        t = variance > 0 ? mean / (variance / n).squareRoot() * correction : 0
    }
}
