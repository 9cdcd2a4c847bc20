#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// GARCH(1,1) with Student-t innovations (Bollerslev, 1987): σ²(t+1) = ω + α ε²(t) + β σ²(t), on returns less their mean.
///
/// By variance targeting, ω = (1 − α − β) · the sample variance, so that three parameters are searched instead of four.
struct StudentGARCH: Sendable, Hashable {
    var mean: Double
    var variance: Double
    var alpha: Double
    var beta: Double
    /// Degrees of freedom, above 2.
    var freedom: Double

    /// σ² of the session after the last return; the recursion starts at the sample variance.
    func nextVariance(_ returns: some Sequence<Double>) -> Double {
        let omega = variance * (1 - alpha - beta)
        var next = variance
        for r in returns {
            let e = r - mean
            next = omega + alpha * e * e + beta * next
        }
        return next
    }

    /// The exact second moment and kurtosis of the sum of the next `horizon` innovations, from σ²(t+1).
    ///
    /// E[(Σ ε)⁴] = Σ E ε⁴ + 6 Σ E[ε²(i) ε²(j)], with E σ², E σ⁴ and E[ε²(i) σ²(j)] by the recursion. The innovations' kurtosis
    /// 3 (ν - 2) / (ν - 4) is cut at 30, where the fourth moment stops to exist.
    func moments(from next: Double, horizon: Int) -> (variance: Double, kurtosis: Double) {
        let kurtosis = freedom > 4.2 ? min(3 * (freedom - 2) / (freedom - 4), 30) : 30
        let omega = variance * (1 - alpha - beta)
        var (second, fourth) = (next, next * next)
        var sum = 0.0
        var quartic = 0.0
        for i in 0..<horizon {
            sum += second
            quartic += kurtosis * fourth
            var cross = omega * second + (alpha * kurtosis + beta) * fourth
            for _ in (i + 1)..<max(horizon, i + 1) {
                quartic += 6 * cross
                cross = omega * second + (alpha + beta) * cross
            }
            fourth =
                omega * omega + 2 * omega * (alpha + beta) * second + (alpha * alpha * kurtosis + 2 * alpha * beta + beta * beta) * fourth
            second = omega + (alpha + beta) * second
        }
        return (sum, quartic / (sum * sum))
    }

    /// The seven quantiles of the sum of the next `horizon` returns: Student's t with the sum's mean, variance and kurtosis.
    func quantiles(from next: Double, horizon: Int) -> [Double] {
        if horizon == 1 { return quantiles(variance: next, freedom: freedom, horizon: 1) }
        let (variance, kurtosis) = moments(from: next, horizon: horizon)
        return quantiles(variance: variance, freedom: 4 + 6 / max(kurtosis - 3, 0.03), horizon: horizon)
    }

    private func quantiles(variance: Double, freedom: Double, horizon: Int) -> [Double] {
        let unit = (variance * (freedom - 2) / freedom).squareRoot()
        return Quantiles.levels.map { mean * Double(horizon) + unit * studentQuantile($0, freedom: freedom) }
    }

    /// The mean log-likelihood per return, without constants of π.
    func likelihood(_ returns: [Double]) -> Double {
        let omega = variance * (1 - alpha - beta)
        var next = variance
        let inner = 1 / (freedom - 2)
        var logVariances = 0.0
        var logTails = 0.0
        // log Π (…) in blocks: one logarithm per block instead of two per return.
        var variances = 1.0
        var tails = 1.0
        for (i, r) in returns.enumerated() {
            let e = r - mean
            let square = e * e
            variances *= next / variance
            tails *= 1 + square / next * inner
            if i & 15 == 15 {
                logVariances += log(variances)
                logTails += log(tails)
                (variances, tails) = (1, 1)
            }
            next = omega + alpha * square + beta * next
        }
        logVariances += log(variances)
        logTails += log(tails)
        let n = Double(returns.count)
        let constant = logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - 0.5 * log(freedom - 2) - 0.5 * log(variance)
        return constant - (0.5 * logVariances + (freedom + 1) / 2 * logTails) / n
    }
}

extension StudentGARCH {
    /// The least and the largest number of returns of an estimate.
    static let leastReturns = 250, window = 1_500
    /// Typical values, close to RiskMetrics', used if the search finds no better ones.
    private static let fallback = (alpha: 0.06, beta: 0.92, freedom: 6.0)

    /// The maximum-likelihood estimate by Nelder and Mead's simplex; nil for fewer than 250 returns or for constant ones.
    init?(_ returns: [Double]) {
        guard returns.count >= Self.leastReturns else { return nil }
        let n = Double(returns.count)
        let mean = returns.reduce(0, +) / n
        let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
        guard variance.isFinite, variance > 1e-10 else { return nil }
        func model(_ p: [Double]) -> StudentGARCH {
            let persistence = 0.9995 / (1 + exp(-p[0]))
            let share = 1 / (1 + exp(-p[1]))
            return StudentGARCH(
                mean: mean, variance: variance, alpha: persistence * share, beta: persistence * (1 - share),
                freedom: 2.1 + exp(min(max(p[2], -3), 5)))
        }
        let start = [log(0.98 / (0.9995 - 0.98)), log(Self.fallback.alpha / Self.fallback.beta), log(Self.fallback.freedom - 2.1)]
        let best = minimise(start, steps: [1, 0.7, 0.7], evaluations: 120) { -model($0).likelihood(returns) }
        self = model(best)
        guard likelihood(returns).isFinite else {
            self = StudentGARCH(
                mean: mean, variance: variance, alpha: Self.fallback.alpha, beta: Self.fallback.beta, freedom: Self.fallback.freedom)
            return
        }
    }
}
