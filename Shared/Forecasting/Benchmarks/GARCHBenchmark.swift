extension GARCHModel {
    /// A benchmark: each call fits `fits` models to the series in turn.
    package static func fitRounds(_ series: [[Double]], fits: Int) -> () -> BenchmarkRound {
        {
            benchmarkRound(samples: Double(fits)) {
                for i in 0..<fits { _ = StudentGARCH(series[i % series.count]) }
            }
        }
    }

    /// Simulated returns of GARCH(1,1) with Student-t innovations: α from 0.04 to 0.12, α + β = 0.97, 5 degrees of freedom.
    package static func simulated(_ count: Int, length: Int) -> [[Double]] {
        var random = RandomGenerator(seed: 11)
        return (0..<count).map { number in
            let alpha = 0.04 + 0.08 * Double(number) / Double(max(count - 1, 1))
            let variance = 4e-4
            var next = variance
            return (0..<length).map { _ in
                let unit = studentQuantile(min(max(Double(random.uniform()), 1e-6), 1 - 1e-6), freedom: 5) * (3.0 / 5).squareRoot()
                let r = next.squareRoot() * unit
                next = 0.03 * variance + alpha * r * r + (0.97 - alpha) * next
                return r
            }
        }
    }
}
