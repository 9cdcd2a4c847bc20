import Forecasting

/// The condition under which the fallback replaces the champion: over its last 20 origins the champion lost more than the fallback by two
/// standard errors, in each of the last ten daily tests.
///
/// Consecutive origins share most of their outcome at long horizons: 20 of them are hardly more than two observations, and their own
/// scatter does not measure their dependence. The standard error is therefore that of other runs of 20 origins: all runs within the year
/// before the window, as they overlap, about their common mean (the subsampling variance of Politis, Romano and Wolf 1999). The year before
/// leaves out the tested loss, which would otherwise inflate the variance it is measured by. A short record estimates that variance badly,
/// so the quotient is compared with Student's distribution with one degree of freedom less than there are separate runs, but at least two
/// (the group means of Ibragimov and Müller 2010): two standard errors are Φ(2)'s quantile, 4.5 of the estimated ones after 60 origins and
/// 2.3 after a year.
///
/// A test each evening is many tests a year: the largest statistic goes far beyond two standard errors by chance (Giacomini and Rossi 2010),
/// so ten in a row must agree. On simulated losses with overlapping horizons, clustered volatility and errors that last for months, one test
/// finds a champion that is as good as the fallback worse in 2 to 3 of 100 cases, after 60 origins as after 250; ten in a row do once in
/// three to four years, and once in nine when the champion is better by 1 % of the random walk's loss. Of champions that became 5 % worse,
/// they find 86 in 100 within sixty evenings with a year's record, 74 with 80 origins.
enum RollbackRule {
    static let origins = 20
    static let standardErrors = 2.0
    /// Consecutive daily tests that must agree.
    static let tests = 10
    /// Origins that a test needs: the window, and two runs of its length before it.
    static let leastOrigins = 3 * origins

    /// The evidence when the fallback must replace the champion, else nil.
    static func evaluate(_ scores: LiveScores, champion: String, fallback: String) -> Evidence? {
        let differences = scores.differences(champion, less: fallback)
        guard differences.count >= leastOrigins + tests - 1 else { return nil }
        let daily = (0..<tests).map { DailyTest(differences.dropLast($0).suffix(PromotionRule.window)) }
        guard daily.allSatisfy(\.isWorse) else { return nil }
        return Evidence(scores.last(origins), champion, against: fallback, mean: daily[0].mean, t: daily[0].t, reasons: [])
    }

    /// The last origins' mean difference, tested against the runs before them.
    private struct DailyTest {
        let mean: Double
        let t: Double
        let isWorse: Bool

        init(_ x: ArraySlice<Double>) {
            mean = x.suffix(origins).reduce(0, +) / Double(origins)
            let before = Array(x.dropLast(origins))
            let error = Self.variance(of: before).squareRoot()
            t = error > 0 ? mean / error : mean > 0 ? .infinity : 0
            let freedom = max(Double(before.count) / Double(origins) - 1, 2)
            isWorse = mean > 0 && t > studentQuantile(normalProbability(standardErrors), freedom: freedom)
        }

        /// The variance of the mean of `origins` consecutive values, from more values than that; the last factor corrects for the estimated
        /// mean.
        private static func variance(of x: [Double]) -> Double {
            let mean = x.reduce(0, +) / Double(x.count)
            var run = x.prefix(origins).reduce(0) { $0 + ($1 - mean) }
            var sum = run * run
            for next in origins..<x.count {
                run += x[next] - x[next - origins]
                sum += run * run
            }
            let runs = Double(x.count - origins + 1), width = Double(origins)
            return sum / runs / (width * width) / (1 - width / Double(x.count))
        }
    }
}
