import Foundation
import Testing

@testable import Forecasting

@Suite struct GARCHTests {
    /// Returns of a known GARCH(1,1) with t(8) innovations.
    private func returns(_ count: Int, alpha: Double, beta: Double, seed: UInt64) -> [Double] {
        var random = RandomGenerator(seed: seed)
        func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.uniform()) } }
        var variance = 1e-4
        return (0..<count).map { _ in
            let chi = (0..<8).reduce(0.0) { sum, _ in
                let x = normal()
                return sum + x * x
            }
            let r = variance.squareRoot() * normal() / (chi / 8).squareRoot() * (6.0 / 8).squareRoot()
            variance = 1e-4 * (1 - alpha - beta) + alpha * r * r + beta * variance
            return r
        }
    }

    @Test func `The parameters of a long series are found`() throws {
        let fit = try #require(StudentGARCH(returns(12_000, alpha: 0.08, beta: 0.9, seed: 3)))
        #expect(abs(fit.alpha - 0.08) < 0.02, "\(fit)")
        #expect(abs(fit.alpha + fit.beta - 0.98) < 0.015, "\(fit)")
        #expect((5.5...12).contains(fit.freedom), "\(fit)")
    }

    @Test func `The estimate is no worse than its start and stationary`() throws {
        for seed in 1...5 {
            let series = returns(1_500, alpha: 0.05, beta: 0.9, seed: UInt64(seed))
            let fit = try #require(StudentGARCH(series))
            var start = fit
            (start.alpha, start.beta, start.freedom) = (0.06, 0.92, 6)
            #expect(fit.likelihood(series) >= start.likelihood(series))
            #expect(fit.alpha + fit.beta < 1 && fit.alpha >= 0 && fit.beta >= 0 && fit.freedom > 2)
        }
    }

    @Test func `Constant prices and short series have no estimate`() {
        #expect(StudentGARCH([Double](repeating: 0, count: 1_500)) == nil)
        #expect(StudentGARCH(returns(249, alpha: 0.05, beta: 0.9, seed: 1)) == nil)
    }

    /// SciPy, `scipy.stats.t.ppf`.
    @Test func `Quantiles of Student's t agree with SciPy`() {
        let cases: [(Double, Double, Double)] = [
            (0.95, 3, 2.353363434801824), (0.9, 3, 1.637744353696210), (0.75, 3, 0.764892328404345), (0.05, 4.5, -2.065575888878525),
            (0.95, 8, 1.859548037530898), (0.75, 30, 0.682755692801530), (0.1, 200, -1.285798794002401),
        ]
        for (level, freedom, expected) in cases {
            #expect(abs(studentQuantile(level, freedom: freedom) / expected - 1) < 1e-3, "\(level) of t(\(freedom))")
        }
        #expect(studentQuantile(0.5, freedom: 5) == 0)
    }

    @Test func `The normal quantile inverts the probability`() {
        for p in [1e-9, 0.001, 0.05, 0.3, 0.5, 0.8, 0.999] { #expect(abs(normalProbability(normalQuantile(p)) - p) < 1e-12) }
        #expect(abs(normalQuantile(0.975) - 1.959963984540054) < 1e-12)
        #expect(abs(logGamma(0.5) - 0.572364942924700) < 1e-12 && abs(logGamma(4) - 1.791759469228055) < 1e-12)
    }

    /// Second and fourth moment of the sum over five sessions against 400,000 simulated paths.
    @Test func `The moments of a sum agree with simulation`() {
        let model = StudentGARCH(mean: 0, variance: 1, alpha: 0.1, beta: 0.85, freedom: 12)
        var random = RandomGenerator(seed: 5)
        func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.uniform()) } }
        var gaussian = model
        gaussian.freedom = 1e9
        var (second, fourth) = (0.0, 0.0)
        let paths = 400_000
        for _ in 0..<paths {
            var (variance, sum) = (2.0, 0.0)
            for _ in 0..<5 {
                let e = variance.squareRoot() * normal()
                sum += e
                variance = 0.05 + 0.1 * e * e + 0.85 * variance
            }
            second += sum * sum
            fourth += sum * sum * sum * sum
        }
        let (variance, kurtosis) = gaussian.moments(from: 2, horizon: 5)
        #expect(abs(second / Double(paths) / variance - 1) < 0.02)
        // Twelve uniforms have kurtosis 2.9, which takes 0.02 to 0.1 off the sum's.
        #expect(abs(fourth / Double(paths) / (variance * variance) - kurtosis) < 0.15)
        #expect(model.moments(from: 2, horizon: 5).kurtosis > kurtosis)
    }
}
