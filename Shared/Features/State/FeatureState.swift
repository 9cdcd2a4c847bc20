import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The windows behind the 28 features, and the formulas over them.
///
/// Names: c, o, h, l are total-return-adjusted prices with the first close as 1; s = EWMA(.94) volatility of the log returns r.
struct FeatureState: Sendable {
    private var level = 1.0
    private var logLevels = Lookback()
    private var bars = 0

    private var returns = Lookback(), squares = Lookback(), sizes = Lookback(), gains = Lookback(), losses = Lookback()
    private var lossSquares = Lookback(), rangeSquares = Lookback(), garmanKlass = Lookback(), levels = Lookback()
    private var volumes = Lookback(), turnovers = Lookback(), impacts = Lookback()

    private var square5 = WindowSum(5), square20 = WindowSum(20), square60 = WindowSum(60), square250 = WindowSum(250)
    private var size20 = WindowSum(20), gain14 = WindowSum(14), loss14 = WindowSum(14), lossSquare20 = WindowSum(20)
    private var range10 = WindowSum(10), garmanKlass20 = WindowSum(20), level20 = WindowSum(20)
    private var volume5 = WindowSum(5), volume60 = WindowSum(60), turnover20 = WindowSum(20), impact250 = WindowSum(250)
    private var largest20 = WindowExtreme(20), highest250 = WindowExtreme(250), lowest250 = WindowExtreme(250)
    private var skewness60 = WindowSkewness(60), median20 = WindowMedian(20)

    private var volatility94 = ExponentialVolatility(0.94), volatility97 = ExponentialVolatility(0.97)
    private var bar90 = ExponentialVolatility(0.90), bar97 = ExponentialVolatility(0.97), volatility99 = ExponentialVolatility(0.99)
    private var average12 = 0.0, average26 = 0.0

    /// `growth` is the total return factor since the bar before (NaN on the first), `shares` what one first share has become.
    mutating func append(_ bar: Observation, growth: Double, shares: Double) -> FeatureRow {
        let first = bars == 0
        let r = first ? .nan : log(growth)
        if !first { level *= growth }
        let logLevel = first ? 0 : logLevels[0] + r
        logLevels.push(logLevel)

        let highest = max(bar.high, bar.open, bar.close)
        let lowest = min(bar.low, bar.open, bar.close)
        let range = log(highest / lowest)
        let intraday = log(bar.close / bar.open)
        let garmanKlassVariance = 0.5 * range * range - (2 * log2 - 1) * intraday * intraday
        let gap = r - intraday
        let volume = max(bar.volume / shares, 1)

        var s = Double.nan, sigma97 = Double.nan, blend = Double.nan, skewness = Double.nan
        if !first {
            s = volatility94.append(square: r * r)
            sigma97 = volatility97.append(square: r * r)
            let variance = max(garmanKlassVariance, 0) + gap * gap
            let (fast, slow) = (bar90.append(square: variance), bar97.append(square: variance))
            blend = cbrt(fast * slow * volatility99.append(square: r * r))
            slideReturns(r)
            skewness = skewness60.slide(returns)
        }
        slideBars(range: range, garmanKlass: garmanKlassVariance, volume: volume, turnover: bar.close * shares * volume)
        average12 = first ? level : average12 + (level - average12) * (2.0 / 13)
        average26 = first ? level : average26 + (level - average26) * (2.0 / 27)
        bars += 1

        let deviation5 = FeatureState.deviation(square5), deviation20 = FeatureState.deviation(square20)
        let deviation60 = FeatureState.deviation(square60), deviation250 = FeatureState.deviation(square250)
        let impact = log(FeatureState.atLeast(size20.mean / turnover20.mean, 1e-20))
        if !impact.isNaN {
            impacts.push(impact)
            impact250.slide(impacts)
        }
        let momentum = change(from: 250, to: 20)
        let (return5, return20) = (change(from: 5, to: 0), change(from: 20, to: 0))
        let (gain, loss) = (gain14.mean, loss14.mean)
        let per20 = 1 / (s * 20.0.squareRoot()), per250 = 1 / (s * 250.0.squareRoot())

        let values: [Double] = [
            r / s, return5 / (s * 5.0.squareRoot()), return20 * per20, change(from: 60, to: 0) / (s * 60.0.squareRoot()),
            change(from: 120, to: 0) / (s * 120.0.squareRoot()), momentum / (s * 230.0.squareRoot()),
            gap / s, intraday / s, range / s,
            highest > lowest ? (bar.close - lowest) / (highest - lowest) - 0.5 : 0,
            log(s) + 4, log(deviation5 / s), log(deviation20 / s), log(deviation60 / deviation20), log(deviation250 / deviation60),
            log(FeatureState.atLeast((range10.mean / (4 * log2)).squareRoot(), 1e-4) / s),
            log(FeatureState.atLeast(garmanKlass20.mean, 1e-8).squareRoot() / s),
            lossSquare20.mean.squareRoot() / deviation20 - 0.707, largest20.largest / deviation60, skewness,
            gain / (gain + loss + 1e-9) - 0.5,
            log(level / level20.mean) * per20, log(level / highest250.largest) * per250, log(-level / lowest250.largest) * per250,
            (average12 - average26) / (level * s),
            log(volume / median20.median), log(volume5.mean / volume60.mean), impact - impact250.mean,
        ]
        return FeatureRow(
            session: bar.session, values: values.map(FeatureSet.stored), logReturn: r, sigma94: s, sigma97: sigma97, blend: blend,
            crossInput: .init(return5: return5, return20: return20, momentum: momentum, deviation60: deviation60))
    }

    private mutating func slideReturns(_ r: Double) {
        returns.push(r)
        pushDerived(r)
        square5.slide(squares)
        square20.slide(squares)
        square60.slide(squares)
        square250.slide(squares)
        size20.slide(sizes)
        gain14.slide(gains)
        loss14.slide(losses)
        lossSquare20.slide(lossSquares)
        largest20.push(abs(r))
    }

    private mutating func pushDerived(_ r: Double) {
        squares.push(r * r)
        sizes.push(abs(r))
        gains.push(max(r, 0))
        losses.push(max(-r, 0))
        lossSquares.push(r < 0 ? r * r : 0)
    }

    private mutating func slideBars(range: Double, garmanKlass variance: Double, volume: Double, turnover: Double) {
        rangeSquares.push(range * range)
        garmanKlass.push(variance)
        levels.push(level)
        volumes.push(volume)
        turnovers.push(turnover)
        range10.slide(rangeSquares)
        garmanKlass20.slide(garmanKlass)
        level20.slide(levels)
        highest250.push(level)
        lowest250.push(-level)
        volume5.slide(volumes)
        volume60.slide(volumes)
        median20.slide(volumes)
        turnover20.slide(turnovers)
    }

    /// A look-back is passed as deep as the next session looks; what follows from the returns is made again.
    mutating func pass(_ coder: inout some StateCoder) {
        coder.pass(&level)
        coder.pass(&bars)
        logLevels.pass(&coder, depth: 250)
        returns.pass(&coder, depth: 250)
        for back in stride(from: 249, through: 0, by: -1) { pushDerived(returns[back]) }
        rangeSquares.pass(&coder, depth: 10)
        garmanKlass.pass(&coder, depth: 20)
        levels.pass(&coder, depth: 20)
        volumes.pass(&coder, depth: 60)
        turnovers.pass(&coder, depth: 20)
        impacts.pass(&coder, depth: 250)
        for sum in [
            \.square5, \.square20, \.square60, \.square250, \.size20, \.gain14, \.loss14, \.lossSquare20, \.range10, \.garmanKlass20,
            \.level20,
            \.volume5, \.volume60, \.turnover20, \.impact250,
        ] as [WritableKeyPath<FeatureState, WindowSum>] { self[keyPath: sum].pass(&coder) }
        largest20.pass(&coder)
        highest250.pass(&coder)
        lowest250.pass(&coder)
        skewness60.pass(&coder)
        median20.pass(&coder)
        volatility94.pass(&coder)
        volatility97.pass(&coder)
        bar90.pass(&coder)
        bar97.pass(&coder)
        volatility99.pass(&coder)
        coder.pass(&average12)
        coder.pass(&average26)
    }

    /// Log total return between two numbers of sessions ago; NaN when history is shorter.
    private func change(from: Int, to: Int) -> Double { bars > from ? logLevels[to] - logLevels[from] : .nan }

    private static func deviation(_ squares: WindowSum) -> Double { atLeast(squares.mean.squareRoot(), 0.002) }

    /// `max` that keeps NaN.
    private static func atLeast(_ value: Double, _ least: Double) -> Double { value < least ? least : value }
}

/// The natural logarithm of 2.
private let log2 = 0.693_147_180_559_945_3
