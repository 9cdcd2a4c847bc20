import Forecasting

/// When the champion gives way to the floor: over its last 20 origins it lost more than the floor by two standard errors, and had done so
/// at each of the last ten looks.
///
/// Consecutive origins share most of their outcome at long horizons: 20 of them are hardly more than two observations, and they do not
/// tell how much they hang together. The yardstick is how much other runs of 20 moved: all those within the year that went before the
/// window, as they overlap, about their common mean (the subsampling variance of Politis, Romano and Wolf 1999). What went before does not
/// hold the loss that is judged, which would otherwise hide behind the variance it makes. A short record knows that variance badly, so that
/// its error counts as Student's with one degree less than there are separate runs, but at least two (the group means of Ibragimov and
/// Müller 2010): two standard errors are Φ(2)'s quantile, 4.5 of the estimated ones after 60 origins and 2.3 after a year.
///
/// A look each evening is many looks a year: the largest of them goes far beyond two standard errors by chance (Giacomini and Rossi 2010),
/// so that ten in a row must agree. On simulated losses with overlapping horizons, clustered volatility and errors that last for months,
/// one look finds a champion that is as good as the floor worse in 2 to 3 of 100, after 60 origins as after 250; ten in a row do once in
/// three to four years, once in nine when it is 1 % of the random walk's loss better, and of those that became 5 % worse
/// find 86 in 100 within sixty evenings when their record is of a year, 74 when it is of 80 origins.
enum RollbackRule {
    static let origins = 20
    static let standardErrors = 2.0
    /// Consecutive looks that must agree.
    static let looks = 10
    /// Origins that a look needs: the window, and two runs of its length before it.
    static let leastOrigins = 3 * origins

    /// The evidence when it must go, else nil.
    static func evaluate(_ record: LiveScores, champion: String, floor: String) -> Evidence? {
        let differences = record.differences(champion, less: floor)
        guard differences.count >= leastOrigins + looks - 1 else { return nil }
        let seen = (0..<looks).map { Look(differences.dropLast($0).suffix(PromotionRule.window)) }
        guard seen.allSatisfy(\.isWorse) else { return nil }
        return Evidence(record.last(origins), champion, against: floor, mean: seen[0].mean, t: seen[0].t, reasons: [])
    }

    /// The last origins of a record held against those before them.
    private struct Look {
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

        /// Of the mean of `origins` consecutive values, from more than as many of them; the factor makes up for their mean, which is theirs.
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
