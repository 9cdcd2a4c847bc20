package import Market

/// Accumulates out-of-sample forecasts and their outcomes into an `EvaluationReport`.
package struct EvaluationAccumulator {
    /// The forecasts of one symbol at one origin, with their outcomes.
    package struct Row {
        package let symbol: String
        /// The log returns by horizon; NaN for an outcome that is not known yet.
        package let outcomes: [Double]
        /// The return over five sessions from the next session's close, earned by a portfolio that trades at that close.
        package let executed: Double
        /// The volatility S at the origin.
        package let volatility: Double
        package let uncalibrated, calibrated, climatology, randomWalk: QuantileForecast

        package init(
            symbol: String, outcomes: [Double], executed: Double, volatility: Double, uncalibrated: QuantileForecast,
            calibrated: QuantileForecast,
            climatology: QuantileForecast, randomWalk: QuantileForecast
        ) {
            self.symbol = symbol
            self.outcomes = outcomes
            self.executed = executed
            self.volatility = volatility
            self.uncalibrated = uncalibrated
            self.calibrated = calibrated
            self.climatology = climatology
            self.randomWalk = randomWalk
        }
    }

    private var accumulators = Quantiles.horizons.map { _ in HorizonAccumulator() }
    private var correlations = Quantiles.horizons.map { _ in [Double]() }
    private var portfolio: PaperPortfolio?
    /// The number of sessions between origins.
    private let step: Int

    package init(step: Int) {
        self.step = max(step, 1)
        portfolio = PaperPortfolio(step: self.step)
    }

    /// Adds the forecasts of one origin session.
    package mutating func add(_ session: SessionDate, _ rows: [Row]) {
        let year = Int(session.description.prefix(4)) ?? 0
        let ranks = rows.map { row in rows.count { $0.volatility < row.volatility } * 3 / max(rows.count, 1) }
        for i in accumulators.indices { accumulators[i].add(rows, terciles: ranks, year: year, horizonIndex: i) }
        portfolio?.add(rows.map { ($0.symbol, $0.calibrated.median(horizonIndex: 1) / $0.volatility, $0.executed) })
    }

    /// Adds one session's medians and outcomes, `[symbol][horizon]`, to the rank correlations; sessions of fewer than ten symbols are skipped.
    package mutating func addDaily(medians: [[Double]], outcomes: [[Double]]) {
        for i in correlations.indices {
            let pairs = zip(medians, outcomes).map { ($0[i], $1[i]) }.filter { $0.0.isFinite && $0.1.isFinite }
            if pairs.count >= 10 { correlations[i].append(spearman(pairs.map(\.0), pairs.map(\.1))) }
        }
    }

    /// The report of everything added so far.
    ///
    /// - Parameter trials: the number of model configurations tried so far, which deflates the portfolio's Sharpe ratio.
    package func report(trials: Int, leakChecks: [EvaluationReport.LeakCheck]) -> EvaluationReport {
        let horizons = Quantiles.horizons.indices.map { i in
            let daily = DieboldMariano(correlations[i], horizon: Quantiles.horizons[i], step: 1)
            return accumulators[i].horizon(
                Quantiles.horizons[i], step: step,
                rankCorrelation: daily.observations > 0
                    ? .init(mean: daily.mean, t: daily.observations > 1 ? daily.t : nil, dates: daily.observations) : nil)
        }
        return EvaluationReport(horizons: horizons, portfolio: portfolio?.result(trials: trials), leakChecks: leakChecks)
    }
}

/// Spearman's rank correlation, ties at their mean rank; 0 when one side does not vary.
func spearman(_ a: [Double], _ b: [Double]) -> Double {
    func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
            start = end
        }
        return ranks
    }
    let (x, y) = (ranks(a), ranks(b))
    let mean = Double(a.count - 1) / 2
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (u, v) in zip(x, y) {
        xx += (u - mean) * (u - mean)
        yy += (v - mean) * (v - mean)
        xy += (u - mean) * (v - mean)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
}
