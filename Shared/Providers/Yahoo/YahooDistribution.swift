import Market

/// A dividend or capital gain in a chart's `events`.
struct YahooDistribution {
    let ordinal: Int
    let exDate: SessionDate
    let nature: CorporateAction.Nature
    let text: String
    /// Per share of today (split-adjusted), in minor units.
    var amount: Double
    /// How many of these units make one major unit of the currency.
    var minorPerMajor: Int64
    /// Whether the event itself states its currency.
    let isLabelled: Bool
}

/// Checks distributions against the prices around their ex-dates. All figures are in the unit of the prices and split-adjusted.
struct YahooDistributionCheck {
    /// The open and close of a session, as in the chart.
    struct Day {
        let session: SessionDate
        let open, close: Double?
    }

    /// How many units of the prices make one major unit of the currency.
    let minorPerMajor: Int64
    /// In session order.
    private let days: [Day]

    init(minorPerMajor: Int64, days: [Day]) {
        self.minorPerMajor = minorPerMajor
        self.days = days.sorted { $0.session < $1.session }
    }

    func quoted(_ distribution: YahooDistribution) -> Double {
        distribution.amount * Double(minorPerMajor) / Double(distribution.minorPerMajor)
    }

    /// Positions of the distributions whose amount is in major units beside prices in minor units, such as pounds beside pence.
    ///
    /// Such an amount is below a thousandth of the close before, but so may a small distribution be. It counts as in major units where the
    /// price fell overnight by about a hundred times as much (on at least half of the days with prices), or where a hundred times the amount
    /// agrees with the other distributions and the amount itself does not.
    func inMajorUnits(_ distributions: [YahooDistribution]) -> Set<Int> {
        guard minorPerMajor > 1 else { return [] }
        let times = Double(minorPerMajor)
        let small = distributions.indices.filter { index in
            let distribution = distributions[index]
            guard !distribution.isLabelled, let before = close(before: distribution.exDate) else { return false }
            return quoted(distribution) < before * 0.1 / times
        }
        let falls = small.map { index in
            (index: index, fall: fall(on: distributions[index].exDate), whole: quoted(distributions[index]) * times)
        }.filter { $0.fall != nil }
        let fell = falls.filter { (0.5...2).contains(($0.fall ?? 0) / $0.whole) }.map(\.index)
        let confirmed = fell.count * 2 >= falls.count ? Set(fell) : []
        let settled = distributions.indices.filter { !small.contains($0) || confirmed.contains($0) }.map { index in
            quoted(distributions[index]) * (confirmed.contains(index) ? times : 1)
        }.sorted()
        guard !settled.isEmpty else { return confirmed }
        let median = settled[settled.count / 2]
        let isUsual = { (amount: Double) in amount <= 3 * median && amount >= median / 3 }
        return confirmed.union(small.filter { isUsual(quoted(distributions[$0]) * times) && !isUsual(quoted(distributions[$0])) })
    }

    /// Whether a dividend includes the capital gain of its day: it is not less, and the fall of the price is no nearer to their sum than to
    /// the dividend alone. Without prices it does, as usual at Yahoo.
    func isContained(_ gain: YahooDistribution, in dividend: YahooDistribution) -> Bool {
        let (gain, own) = (quoted(gain), quoted(dividend))
        guard gain <= own + 1e-6 else { return false }
        guard let fall = fall(on: dividend.exDate) else { return true }
        return abs(fall - own) <= abs(fall - own - gain)
    }

    private func close(before date: SessionDate) -> Double? {
        days.last { $0.session < date && $0.close != nil }?.close.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The fall from the close before to the open (or the close) of the day; nil where a price is missing.
    private func fall(on date: SessionDate) -> Double? {
        guard let day = days.last(where: { $0.session == date }),
            let now = [day.open, day.close].lazy.compactMap(\.self).first(where: { $0 > 0 })
        else { return nil }
        return close(before: date).map { $0 - now }
    }
}
