/// A simulated long-short portfolio that trades on the forecasts.
///
/// Weights follow the rank of median / volatility. The portfolio is rebalanced at each origin, executed at the next session's close, held for
/// five sessions, and charged for every trade. When origins are further apart, positions are closed before the next ones are opened.
package struct PaperPortfolio {
    /// Cost of trading one unit of capital: 5 basis points, typical of large shares.
    package static let costPerSide = 0.0005
    private static let leastPeriods = 10, holdingSessions = 5, sessionsPerYear = 252.0

    /// The figures of a portfolio.
    package struct Result: Sendable, Hashable, Codable {
        /// The number of rebalancings.
        package let periods: Int
        /// The annualised Sharpe ratios before and after costs.
        package let grossSharpe, netSharpe: Double
        /// Mean share of capital traded from one rebalancing to the next.
        package let turnover: Double
        package let costPerSide: Double
        package let trials: Int
        /// Probability that the true Sharpe ratio exceeds the best of `trials` configurations without skill (Bailey and López de Prado,
        /// 2014). It assumes that the trials' Sharpe ratios have the variance of one estimate, 1 / T for T periods.
        package let deflatedSharpe: Double

        private enum CodingKeys: String, CodingKey {
            case periods, grossSharpe = "gross_sharpe", netSharpe = "net_sharpe", turnover, costPerSide = "cost_per_side", trials
            case deflatedSharpe = "deflated_sharpe"
        }
    }

    private let step: Int
    private var weights: [String: Double] = [:]
    private var gross: [Double] = []
    private var net: [Double] = []
    private var traded: [Double] = []

    /// - Parameter step: sessions between rebalancings; nil when rebalancings are closer than the holding period.
    package init?(step: Int) {
        guard step >= Self.holdingSessions else { return nil }
        self.step = step
    }

    /// Adds one rebalancing; rows whose signal or return is not finite are left out.
    package mutating func add(_ rows: [(symbol: String, signal: Double, executed: Double)]) {
        let rows = rows.filter { $0.signal.isFinite && $0.executed.isFinite }
        guard rows.count >= 10 else { return }
        let order = rows.indices.sorted { (rows[$0].signal, rows[$0].symbol) < (rows[$1].signal, rows[$1].symbol) }
        let centre = Double(rows.count - 1) / 2
        let total = rows.indices.reduce(0) { $0 + abs(Double($1) - centre) }
        var next: [String: Double] = [:]
        var earned = 0.0
        for (rank, index) in order.enumerated() {
            let weight = (Double(rank) - centre) / total
            next[rows[index].symbol] = weight
            earned += weight * rows[index].executed
        }
        var turnover = Set(weights.keys).union(next.keys).sorted().reduce(0) { $0 + abs((next[$1] ?? 0) - (weights[$1] ?? 0)) }
        weights = next
        if step > Self.holdingSessions {
            turnover += next.keys.sorted().reduce(0) { $0 + abs(next[$1] ?? 0) }
            weights = [:]
        }
        gross.append(earned)
        net.append(earned - Self.costPerSide * turnover)
        traded.append(turnover)
    }

    /// The portfolio's figures; nil below ten rebalancings.
    package func result(trials: Int) -> Result? {
        guard gross.count >= Self.leastPeriods else { return nil }
        let year = (Self.sessionsPerYear / Double(step)).squareRoot()
        let own = Moments(net)
        return Result(
            periods: gross.count, grossSharpe: Moments(gross).ratio * year, netSharpe: own.ratio * year,
            turnover: traded.reduce(0, +) / Double(traded.count), costPerSide: Self.costPerSide, trials: trials,
            deflatedSharpe: own.deflated(trials: trials))
    }
}

/// Sample moments of a series of returns.
struct Moments {
    let count: Double
    let mean, deviation, skewness, kurtosis: Double

    init(_ values: [Double]) {
        count = Double(values.count)
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        func moment(_ power: Int) -> Double {
            values.reduce(0) { sum, value in sum + (0..<power).reduce(1.0) { product, _ in product * (value - mean) } } / n
        }
        let deviation = moment(2).squareRoot()
        self.mean = mean
        self.deviation = deviation
        skewness = deviation > 0 ? moment(3) / (deviation * deviation * deviation) : 0
        kurtosis = deviation > 0 ? moment(4) / (deviation * deviation * deviation * deviation) : 3
    }

    /// Mean over deviation, per period.
    var ratio: Double { deviation > 0 ? mean / deviation : 0 }

    /// The deflated Sharpe ratio: Φ((SR − SR₀) √(T − 1) / √(1 − g₃ SR + (g₄ − 1)/4 SR²)).
    ///
    /// SR is `ratio`, SR₀ the expected best ratio of `trials` trials without skill, T the number of periods, g₃ the skewness, g₄ the
    /// kurtosis.
    func deflated(trials: Int) -> Double {
        let gamma = 0.577_215_664_901_532_9
        let n = Double(max(trials, 1))
        let expected =
            n > 1
            ? ((1 - gamma) * normalQuantile(1 - 1 / n) + gamma * normalQuantile(1 - 1 / (n * 2.718_281_828_459_045))) / count.squareRoot()
            : 0
        let spread = max(1 - skewness * ratio + (kurtosis - 1) / 4 * ratio * ratio, 1e-9).squareRoot()
        return normalProbability((ratio - expected) * (count - 1).squareRoot() / spread)
    }
}
