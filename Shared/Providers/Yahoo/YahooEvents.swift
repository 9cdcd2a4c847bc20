import Formats
import Market

/// The splits, dividends and capital gains in a chart's `events`, converted to amounts per share held before the ex-date.
struct YahooEvents {
    let zone: MarketTimeZone
    let unit: CurrencyUnit
    let check: YahooDistributionCheck

    /// `columns` are open, high, low, close and volume as in the chart.
    init(_ events: JSONView?, _ stamps: [Double], _ columns: [[Double]], zone: MarketTimeZone, unit: CurrencyUnit) {
        (self.zone, self.unit) = (zone, unit)
        let needsPrices = unit.minorPerMajor > 1 || events?["capitalGains"] != nil
        let days = (needsPrices ? stamps : []).enumerated().compactMap { index, stamp in
            Instant(epochSeconds: stamp).map {
                YahooDistributionCheck.Day(
                    session: zone.localDate(at: $0), open: columns[0].value(index), close: columns[3].value(index))
            }
        }
        check = YahooDistributionCheck(minorPerMajor: unit.minorPerMajor, days: days)
    }

    func actions(_ events: JSONView?, firstOrdinal: Int, bars: inout DailyBarCollector) -> [CorporateAction] {
        var splits: [CorporateAction] = []
        var ordinal = firstOrdinal
        for (key, event) in members(events, "splits") {
            let date = date(event, key)
            if let date, let new = event["numerator"]?.number, let old = event["denominator"]?.number,
                let kind = CorporateAction.Kind.possibleSplit(new, for: old)
            {
                splits.append(CorporateAction(exDate: date, kind: kind))
            } else {
                bars.reject(
                    ordinal, date, ValidationRuleName.badSplit, FlaggedRow.impossibleSplit,
                    "split,\(key),\(event["splitRatio"]?.string ?? "")")
            }
            ordinal += 1
        }
        var distributions = distributions(events, firstOrdinal: ordinal, &bars)
        repairUnits(&distributions, &bars)
        subtractGains(&distributions, &bars)
        let factors = SplitFactors(splits)
        return splits
            + distributions.compactMap { distribution in
                let factor = factors.factor(after: distribution.exDate.advanced(by: -1))
                let price = TickRounding.price(distribution.amount, times: factor, resolution: 6e-7)
                if let price = price?.scaled(by: PriceFactor(over: Double(distribution.minorPerMajor))) {
                    return CorporateAction(exDate: distribution.exDate, kind: .dividend(price), nature: distribution.nature)
                }
                bars.reject(
                    distribution.ordinal, distribution.exDate, Self.rule(of: distribution.nature), FlaggedRow.impossibleAmount,
                    distribution.text)
                return nil
            }
    }

    private func distributions(_ events: JSONView?, firstOrdinal: Int, _ bars: inout DailyBarCollector) -> [YahooDistribution] {
        var distributions: [YahooDistribution] = []
        var ordinal = firstOrdinal
        for (name, nature) in [("capitalGains", CorporateAction.Nature.capitalGain), ("dividends", .ordinary)] {
            for (key, event) in members(events, name) {
                defer { ordinal += 1 }
                let (date, amount, label) = (date(event, key), event["amount"]?.number, event["currency"]?.string)
                let kind = nature == .ordinary ? "dividend" : nature.rawValue
                let text = "\(kind),\(key),\(amount ?? .nan)\(label.map { "," + $0 } ?? "")"
                let own = label.map { CurrencyUnit(label: $0) }
                guard let date, let amount, Price(amount) != nil else {
                    bars.reject(ordinal, date, Self.rule(of: nature), FlaggedRow.impossibleAmount, text)
                    continue
                }
                if let paid = own?.code, let priced = unit.code, paid != priced {
                    bars.reject(ordinal, date, ValidationRuleName.dividendCurrency, "paid in \(paid), the prices are in \(priced)", text)
                    continue
                }
                distributions.append(
                    YahooDistribution(
                        ordinal: ordinal, exDate: date, nature: nature, text: text, amount: amount,
                        minorPerMajor: own?.minorPerMajor ?? unit.minorPerMajor, isLabelled: own != nil))
            }
        }
        return distributions
    }

    private func repairUnits(_ distributions: inout [YahooDistribution], _ bars: inout DailyBarCollector) {
        for index in check.inMajorUnits(distributions).sorted() {
            let distribution = distributions[index]
            bars.recordRepair(
                distribution.ordinal, distribution.exDate, ValidationRuleName.dividendUnit,
                "the amount is in \(unit.code ?? "major units"), the prices are in minor units", distribution.text,
                [Repair(field: .dividend, before: distribution.amount, after: distribution.amount * Double(unit.minorPerMajor))])
            distributions[index].minorPerMajor = 1
        }
    }

    /// Subtracts a capital gain from the dividend of the same day that includes it. A dividend that only repeats the gain is flagged and dropped.
    private func subtractGains(_ distributions: inout [YahooDistribution], _ bars: inout DailyBarCollector) {
        let gains = distributions.filter { $0.nature == .capitalGain }
        for index in distributions.indices.reversed() where distributions[index].nature == .ordinary {
            let dividend = distributions[index]
            guard let gain = gains.first(where: { $0.exDate == dividend.exDate }), check.isContained(gain, in: dividend) else { continue }
            let part = check.quoted(gain) * Double(dividend.minorPerMajor) / Double(unit.minorPerMajor)
            // Amounts come with six decimals.
            let rest = ((dividend.amount - part) * 1e6).rounded() / 1e6
            if rest > 1e-6 {
                distributions[index].amount = rest
                bars.recordRepair(
                    dividend.ordinal, dividend.exDate, ValidationRuleName.dividendWithGain,
                    "the amount has the capital gain of the day in it",
                    dividend.text, [Repair(field: .dividend, before: dividend.amount, after: rest)])
            } else {
                distributions.remove(at: index)
                bars.reject(
                    dividend.ordinal, dividend.exDate, ValidationRuleName.duplicateAction, "the capital gain of the day once more",
                    dividend.text)
            }
        }
    }

    /// The rule that an impossible distribution breaks.
    private static func rule(of nature: CorporateAction.Nature) -> String {
        nature == .ordinary ? ValidationRuleName.badDividend : ValidationRuleName.badCapitalGain
    }

    private func members(_ events: JSONView?, _ name: String) -> [(key: String, event: JSONView)] {
        events?[name]?.members?.map { ($0.key, $0.value) } ?? []
    }

    private func date(_ event: JSONView, _ key: String) -> SessionDate? {
        (event["date"]?.number ?? Double(key)).flatMap { Instant(epochSeconds: $0) }.map { zone.localDate(at: $0) }
    }
}
