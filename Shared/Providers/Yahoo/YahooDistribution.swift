import Market

/// One dividend or capital gain of a chart's `events`.
struct YahooDistribution {
    let ordinal: Int
    let exDate: SessionDate
    let nature: CorporateAction.Nature
    let text: String
    /// For one share of today, split-adjusted, in parts of the whole unit.
    var amount: Double
    /// How many of these parts make one of the currency.
    var minorPerMajor: Int64
    /// Whether the event itself says its unit.
    let isLabelled: Bool
}

/// What the prices beside payments say of them. Figures stay in the prices' unit, split-adjusted as both come.
struct YahooDistributionCheck {
    /// What a session's row says, as it came.
    struct Day {
        let session: SessionDate
        let open, close: Double?
    }

    /// Parts of the prices' unit that make one of the currency.
    let minorPerMajor: Int64
    /// By session.
    private let days: [Day]

    init(minorPerMajor: Int64, days: [Day]) {
        self.minorPerMajor = minorPerMajor
        self.days = days.sorted { $0.session < $1.session }
    }

    func quoted(_ payment: YahooDistribution) -> Double { payment.amount * Double(minorPerMajor) / Double(payment.minorPerMajor) }

    /// Positions of the payments whose amount is in whole units beside prices in parts of them, pounds beside pence. Such an amount is under a
    /// thousandth of the close before, but so may a small payment be: it counts where the price fell overnight about by a hundred times as
    /// much (on half of the days that can tell, at least), or where a hundred times as much agrees with the other payments and the amount
    /// as it came does not.
    func inWholeUnits(_ payments: [YahooDistribution]) -> Set<Int> {
        guard minorPerMajor > 1 else { return [] }
        let times = Double(minorPerMajor)
        let small = payments.indices.filter { index in
            let payment = payments[index]
            guard !payment.isLabelled, let before = close(before: payment.exDate) else { return false }
            return quoted(payment) < before * 0.1 / times
        }
        let falls = small.map { index in
            (index: index, fall: fall(on: payments[index].exDate), whole: quoted(payments[index]) * times)
        }.filter { $0.fall != nil }
        let fell = falls.filter { (0.5...2).contains(($0.fall ?? 0) / $0.whole) }.map(\.index)
        let told = fell.count * 2 >= falls.count ? Set(fell) : []
        let settled = payments.indices.filter { !small.contains($0) || told.contains($0) }.map { index in
            quoted(payments[index]) * (told.contains(index) ? times : 1)
        }.sorted()
        guard !settled.isEmpty else { return told }
        let median = settled[settled.count / 2]
        let isUsual = { (amount: Double) in amount <= 3 * median && amount >= median / 3 }
        return told.union(small.filter { isUsual(quoted(payments[$0]) * times) && !isUsual(quoted(payments[$0])) })
    }

    /// Whether a dividend has the capital gain of its day in it: it is not less, and the price did not fall by nearer to both together than
    /// to the dividend alone. Where no price tells, it has: that is how Yahoo counts.
    func isContained(_ gain: YahooDistribution, in dividend: YahooDistribution) -> Bool {
        let (gain, own) = (quoted(gain), quoted(dividend))
        guard gain <= own + 1e-6 else { return false }
        guard let fall = fall(on: dividend.exDate) else { return true }
        return abs(fall - own) <= abs(fall - own - gain)
    }

    private func close(before date: SessionDate) -> Double? {
        days.last { $0.session < date && $0.close != nil }?.close.flatMap { $0 > 0 ? $0 : nil }
    }

    /// From the close before to the open of the day, or its close where it has no open; nil where one is missing.
    private func fall(on date: SessionDate) -> Double? {
        guard let day = days.last(where: { $0.session == date }),
            let now = [day.open, day.close].lazy.compactMap(\.self).first(where: { $0 > 0 })
        else { return nil }
        return close(before: date).map { $0 - now }
    }
}
