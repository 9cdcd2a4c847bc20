package import Market

extension YahooChart {
    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let result = try YahooChart.result(body, status: status, headers: [])
        let meta = result["meta"]
        guard let zone = YahooChart.zone(meta, calendar) else {
            throw ProviderRefusal(.malformed, "unknown time zone \(meta?["exchangeTimezoneName"]?.string ?? "(none)")")
        }
        let unit = CurrencyUnit(label: meta?["currency"]?.string)
        var rows = AnswerRows(calendar: calendar)
        let stamps = result["timestamp"]?.numbers ?? []
        let actions = YahooChart.actions(result["events"], zone: zone, unit: unit, firstOrdinal: stamps.count, rows: &rows)
        let lastTrade = meta?["regularMarketTime"]?.number
        let regular = meta?["currentTradingPeriod"]?["regular"]

        let quote = result["indicators"]?["quote"]?.first
        let columns = ["open", "high", "low", "close", "volume"].map { quote?[$0]?.numbers ?? [] }
        let splits = SplitFactors(actions.filter(\.isSplit))
        let unadjusted = unadjusted(actions.filter(\.isSplit), zip(stamps, columns[3]), zone, &rows)
        for (ordinal, stamp) in stamps.enumerated() {
            let fields = columns.map { ordinal < $0.count && !$0[ordinal].isNaN ? $0[ordinal] : nil }
            let text = { YahooChart.text(stamp, fields) }
            guard let instant = YahooChart.instant(stamp) else {
                rows.reject(ordinal, nil, "bad-time-stamp", "\(stamp)", text())
                continue
            }
            let session = zone.localDate(at: instant)
            let isProvisional = YahooChart.isProvisional(
                session, stamp: instant, isLastTrade: stamp == lastTrade, regular: regular, calendar: calendar, zone: zone, asOf: asOf)
            let factor = splits.factor(after: session) / unadjusted.factor(of: session)
            let row = Validation.Row(
                session: session, open: fields[0], high: fields[1], low: fields[2], close: fields[3], volume: fields[4])
            rows.add(row, ordinal: ordinal, isProvisional: isProvisional, text: text) { values in
                values.bar(volume: (values.volume / factor).rounded()) { unit.major(TickRule.price($0, times: factor)) }
            }
        }
        var answer = rows.answer(actions: actions, currency: unit.code)
        answer.basis = .unadjusted
        return answer
    }

    /// Each split that rows know nothing of is said beside the last of them, with the ratio that they are not multiplied by.
    private func unadjusted(
        _ splits: [CorporateAction], _ rows: some Sequence<(Double, Double)>, _ zone: Zone, _ answer: inout AnswerRows
    ) -> UnadjustedSplits {
        guard !splits.isEmpty else { return UnadjustedSplits([], closes: []) }
        let closes = rows.map { stamp, close in (session: YahooChart.instant(stamp).map { zone.localDate(at: $0) }, close: close) }
        let unadjusted = UnadjustedSplits(splits, closes: closes.compactMap { row in row.session.map { ($0, row.close) } })
        for level in unadjusted.levels {
            guard let (ordinal, row) = closes.enumerated().last(where: { $1.session.map { $0 < level.from } ?? false }) else { continue }
            answer.mend(
                ordinal, row.session, "split-not-adjusted",
                "the rows before \(level.from) know nothing of the split of \(level.split.exDate), \(level.ratio) for 1", "\(row.close)",
                [Repair(field: .split, before: level.ratio, after: 1)])
        }
        return unadjusted
    }

    static func zone(_ meta: JSONValue?, _ calendar: TradingCalendar?) -> Zone? {
        guard let name = meta?["exchangeTimezoneName"]?.string else { return calendar?.zone }
        return name == calendar?.zone.name ? calendar?.zone : Zone(name)
    }

    private static func instant(_ stamp: Double) -> Instant? {
        abs(stamp) < 1e11 ? Instant(seconds: Int64(stamp)) : nil
    }

    /// A session that had not closed by `asOf`, or whose bar carries the time of a last trade before its close instead of its open: a
    /// live row. Without a calendar the answer's own trading period tells when the day ends.
    private static func isProvisional(
        _ session: SessionDate, stamp: Instant, isLastTrade: Bool, regular: JSONValue?, calendar: TradingCalendar?, zone: Zone,
        asOf: Instant
    ) -> Bool {
        if let calendar {
            let close = calendar.close(of: session)
            return close > asOf || (isLastTrade && stamp < close && stamp != calendar.open(of: session))
        }
        if isLastTrade { return true }
        guard let end = regular?["end"]?.number.flatMap(instant), zone.localDate(at: end) == session else {
            return zone.localDate(at: asOf) <= session
        }
        return end > asOf
    }

    /// Splits as they are; dividends brought back to one share as it was held before the ex-date.
    private static func actions(
        _ events: JSONValue?, zone: Zone, unit: CurrencyUnit, firstOrdinal: Int, rows: inout AnswerRows
    ) -> [CorporateAction] {
        var actions: [CorporateAction] = []
        var ordinal = firstOrdinal
        for member in events?["splits"]?.members ?? [] {
            let (key, event) = (member.key, member.value)
            let date = (event["date"]?.number ?? Double(key)).flatMap(instant).map { zone.localDate(at: $0) }
            if let date, let new = event["numerator"]?.number, let old = event["denominator"]?.number, new > 0, old > 0 {
                actions.append(CorporateAction(exDate: date, kind: .split(numerator: new, denominator: old)))
            } else {
                rows.reject(ordinal, date, "bad-split", "no positive ratio", "split,\(key),\(event["splitRatio"]?.string ?? "")")
            }
            ordinal += 1
        }
        let splits = SplitFactors(actions)
        for member in events?["dividends"]?.members ?? [] {
            let (key, event) = (member.key, member.value)
            let date = (event["date"]?.number ?? Double(key)).flatMap(instant).map { zone.localDate(at: $0) }
            if let date, let amount = event["amount"]?.number, amount > 0, amount.isFinite {
                let factor = splits.factor(after: date.advanced(by: -1))
                let own = event["currency"]?.string.map { CurrencyUnit(label: $0) } ?? unit
                let price = own.major(TickRule.price(amount, times: factor, resolution: 6e-7))
                actions.append(CorporateAction(exDate: date, kind: .dividend(price)))
            } else {
                rows.reject(ordinal, date, "bad-dividend", "no positive amount", "dividend,\(key),\(event["amount"]?.number ?? .nan)")
            }
            ordinal += 1
        }
        return actions
    }

    private static func text(_ stamp: Double, _ fields: [Double?]) -> String {
        let stamp = instant(stamp).map { String($0.seconds) } ?? "\(stamp)"
        return ([stamp] + fields.map { $0.map { "\($0)" } ?? "" }).joined(separator: ",")
    }
}
