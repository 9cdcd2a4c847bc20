import Glibc
import Market

/// The splits, dividends and capital gains of a chart's `events`, brought back to one share as it was held before the ex-date.
struct YahooEvents {
    /// What a session's row says, as it came.
    struct Day {
        let session: SessionDate
        let open, close: Double?
    }

    let zone: Zone
    let unit: CurrencyUnit
    /// In any order; what an amount beside prices in pence is compared with.
    let days: [Day]

    static func days(_ stamps: [Double], _ columns: [[Double]], _ zone: Zone) -> [Day] {
        stamps.enumerated().compactMap { index, stamp in
            YahooChart.instant(stamp).map {
                Day(session: zone.localDate(at: $0), open: columns[0].value(index), close: columns[3].value(index))
            }
        }
    }

    func actions(_ events: JSONValue?, firstOrdinal: Int, rows: inout AnswerRows) -> [CorporateAction] {
        var actions: [CorporateAction] = []
        var ordinal = firstOrdinal
        for (key, event) in members(events, "splits") {
            let date = date(event, key)
            if let date, let new = event["numerator"]?.number, let old = event["denominator"]?.number, new > 0, old > 0 {
                actions.append(CorporateAction(exDate: date, kind: .split(numerator: new, denominator: old)))
            } else {
                rows.reject(ordinal, date, "bad-split", "no positive ratio", "split,\(key),\(event["splitRatio"]?.string ?? "")")
            }
            ordinal += 1
        }
        let splits = SplitFactors(actions)
        var gains: [SessionDate: Double] = [:]
        for (name, nature) in [("capitalGains", CorporateAction.Nature.capitalGain), ("dividends", .ordinary)] {
            for (key, event) in members(events, name) {
                let (date, amount) = (date(event, key), event["amount"]?.number)
                let text = "\(nature == .ordinary ? "dividend" : nature.rawValue),\(key),\(amount ?? .nan)"
                if let date, let amount, amount > 0, amount.isFinite {
                    if nature == .ordinary, gains[date] == amount {
                        rows.reject(ordinal, date, "duplicate-action", "the capital gain of the day once more", text)
                    } else {
                        let price = price(amount, event["currency"]?.string, date, splits, ordinal, text, &rows)
                        actions.append(CorporateAction(exDate: date, kind: .dividend(price), nature: nature))
                        if nature == .capitalGain { gains[date] = amount }
                    }
                } else {
                    rows.reject(ordinal, date, nature == .ordinary ? "bad-dividend" : "bad-capital-gain", "no positive amount", text)
                }
                ordinal += 1
            }
        }
        return actions
    }

    private func members(_ events: JSONValue?, _ name: String) -> [(key: String, event: JSONValue)] {
        (events?[name]?.members ?? []).map { ($0.key, $0.value) }
    }

    private func date(_ event: JSONValue, _ key: String) -> SessionDate? {
        (event["date"]?.number ?? Double(key)).flatMap(YahooChart.instant).map { zone.localDate(at: $0) }
    }

    private func price(
        _ amount: Double, _ currency: String?, _ date: SessionDate, _ splits: SplitFactors, _ ordinal: Int, _ text: String,
        _ rows: inout AnswerRows
    ) -> Price {
        let factor = splits.factor(after: date.advanced(by: -1))
        let quoted = { (amount: Double) in TickRule.price(amount, times: factor, resolution: 6e-7) }
        if let currency { return CurrencyUnit(label: currency).major(quoted(amount)) }
        guard isInWholeUnits(amount, on: date) else { return unit.major(quoted(amount)) }
        let whole = Double(unit.perWhole)
        rows.mend(
            ordinal, date, "dividend-unit", "the amount is in \(unit.code ?? "whole units"), the prices are in parts of it", text,
            [Repair(field: .dividend, before: amount, after: amount * whole)])
        return quoted(amount)
    }

    /// Whether an amount beside prices in pence is in pounds: under a thousandth of the close before, which is less than anybody pays, while
    /// a hundred times as much is a usual yield. From three percent on the price must have fallen with it overnight.
    private func isInWholeUnits(_ amount: Double, on date: SessionDate) -> Bool {
        guard unit.perWhole > 1, let before = days.filter({ $0.session < date && $0.close != nil }).max(by: { $0.session < $1.session }),
            let close = before.close, close > 0, amount < close * 0.1 / Double(unit.perWhole)
        else { return false }
        let yield = amount * Double(unit.perWhole) / close
        guard yield >= 0.03, let open = days.first(where: { $0.session == date })?.open, open > 0 else { return true }
        return log(open / close) < -yield / 2
    }
}
