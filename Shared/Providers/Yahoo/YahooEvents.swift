import Market

/// The splits, dividends and capital gains of a chart's `events`, brought back to one share as it was held before the ex-date.
struct YahooEvents {
    let zone: Zone
    let unit: CurrencyUnit
    let check: YahooDistributionCheck

    /// `columns` as they came: open first, close fourth.
    init(_ events: JSONValue?, _ stamps: [Double], _ columns: [[Double]], zone: Zone, unit: CurrencyUnit) {
        (self.zone, self.unit) = (zone, unit)
        let areAsked = unit.minorPerMajor > 1 || events?["capitalGains"] != nil
        let days = (areAsked ? stamps : []).enumerated().compactMap { index, stamp in
            YahooChart.instant(stamp).map {
                YahooDistributionCheck.Day(
                    session: zone.localDate(at: $0), open: columns[0].value(index), close: columns[3].value(index))
            }
        }
        check = YahooDistributionCheck(minorPerMajor: unit.minorPerMajor, days: days)
    }

    func actions(_ events: JSONValue?, firstOrdinal: Int, rows: inout DailyBarCollector) -> [CorporateAction] {
        var splits: [CorporateAction] = []
        var ordinal = firstOrdinal
        for (key, event) in members(events, "splits") {
            let date = date(event, key)
            if let date, let new = event["numerator"]?.number, let old = event["denominator"]?.number, new > 0, old > 0 {
                splits.append(CorporateAction(exDate: date, kind: .split(numerator: new, denominator: old)))
            } else {
                rows.reject(ordinal, date, "bad-split", "no positive ratio", "split,\(key),\(event["splitRatio"]?.string ?? "")")
            }
            ordinal += 1
        }
        var payments = payments(events, firstOrdinal: ordinal, &rows)
        mendUnits(&payments, &rows)
        takeGainsOut(&payments, &rows)
        let factors = SplitFactors(splits)
        return splits
            + payments.map { payment in
                let factor = factors.factor(after: payment.exDate.advanced(by: -1))
                let price = TickRule.price(payment.amount, times: factor, resolution: 6e-7)
                return CorporateAction(
                    exDate: payment.exDate, kind: .dividend(Price(units: price.units / payment.minorPerMajor)), nature: payment.nature)
            }
    }

    private func payments(_ events: JSONValue?, firstOrdinal: Int, _ rows: inout DailyBarCollector) -> [YahooDistribution] {
        var payments: [YahooDistribution] = []
        var ordinal = firstOrdinal
        for (name, nature) in [("capitalGains", CorporateAction.Nature.capitalGain), ("dividends", .ordinary)] {
            for (key, event) in members(events, name) {
                defer { ordinal += 1 }
                let (date, amount, label) = (date(event, key), event["amount"]?.number, event["currency"]?.string)
                let word = nature == .ordinary ? "dividend" : nature.rawValue
                let text = "\(word),\(key),\(amount ?? .nan)\(label.map { "," + $0 } ?? "")"
                let own = label.map { CurrencyUnit(label: $0) }
                guard let date, let amount, amount > 0, amount.isFinite else {
                    rows.reject(ordinal, date, nature == .ordinary ? "bad-dividend" : "bad-capital-gain", "no positive amount", text)
                    continue
                }
                if let paid = own?.code, let priced = unit.code, paid != priced {
                    rows.reject(ordinal, date, "dividend-currency", "paid in \(paid), the prices are in \(priced)", text)
                    continue
                }
                payments.append(
                    YahooDistribution(
                        ordinal: ordinal, exDate: date, nature: nature, text: text, amount: amount,
                        minorPerMajor: own?.minorPerMajor ?? unit.minorPerMajor, isLabelled: own != nil))
            }
        }
        return payments
    }

    private func mendUnits(_ payments: inout [YahooDistribution], _ rows: inout DailyBarCollector) {
        for index in check.inWholeUnits(payments).sorted() {
            let payment = payments[index]
            rows.recordRepair(
                payment.ordinal, payment.exDate, "dividend-unit",
                "the amount is in \(unit.code ?? "whole units"), the prices are in parts of it", payment.text,
                [Repair(field: .dividend, before: payment.amount, after: payment.amount * Double(unit.minorPerMajor))])
            payments[index].minorPerMajor = 1
        }
    }

    /// A dividend that has the capital gain of its day in it is what is left of it without; where nothing is, it is the gain once more.
    private func takeGainsOut(_ payments: inout [YahooDistribution], _ rows: inout DailyBarCollector) {
        let gains = payments.filter { $0.nature == .capitalGain }
        for index in payments.indices.reversed() where payments[index].nature == .ordinary {
            let dividend = payments[index]
            guard let gain = gains.first(where: { $0.exDate == dividend.exDate }), check.isContained(gain, in: dividend) else { continue }
            let part = check.quoted(gain) * Double(dividend.minorPerMajor) / Double(unit.minorPerMajor)
            // Amounts come with six decimals.
            let rest = ((dividend.amount - part) * 1e6).rounded() / 1e6
            if rest > 1e-6 {
                payments[index].amount = rest
                rows.recordRepair(
                    dividend.ordinal, dividend.exDate, "dividend-with-gain", "the amount has the capital gain of the day in it",
                    dividend.text, [Repair(field: .dividend, before: dividend.amount, after: rest)])
            } else {
                payments.remove(at: index)
                rows.reject(
                    dividend.ordinal, dividend.exDate, "duplicate-action", "the capital gain of the day once more", dividend.text)
            }
        }
    }

    private func members(_ events: JSONValue?, _ name: String) -> [(key: String, event: JSONValue)] {
        (events?[name]?.members ?? []).map { ($0.key, $0.value) }
    }

    private func date(_ event: JSONValue, _ key: String) -> SessionDate? {
        (event["date"]?.number ?? Double(key)).flatMap(YahooChart.instant).map { zone.localDate(at: $0) }
    }
}
