package import Market

extension YahooChart {
    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let result = try YahooChart.result(body, status: status, headers: [])
        let meta = result["meta"]
        let (zone, oddity) = try YahooChart.zone(meta, calendar)
        let unit = CurrencyUnit(label: meta?["currency"]?.string)
        var rows = DailyBarCollector(calendar: calendar)
        let stamps = result["timestamp"]?.numbers ?? []
        if let oddity { rows.flag(oddity) }
        let lastTrade = meta?["regularMarketTime"]?.number
        let regular = meta?["currentTradingPeriod"]?["regular"]

        let quote = result["indicators"]?["quote"]?.first
        let columns = ["open", "high", "low", "close", "volume"].map { quote?[$0]?.numbers ?? [] }
        var absent = MissingColumns(columns)
        let actions = YahooEvents(result["events"], stamps, columns, zone: zone, unit: unit)
            .actions(result["events"], firstOrdinal: stamps.count, rows: &rows)
        let splits = SplitFactors(actions.filter(\.isSplit))
        let unadjusted = unadjusted(actions.filter(\.isSplit), zip(stamps, columns[3]), zone, &rows)
        for (ordinal, stamp) in stamps.enumerated() {
            let fields = columns.map { $0.value(ordinal) }
            let text = { YahooChart.text(stamp, fields) }
            guard let instant = YahooChart.instant(stamp) else {
                rows.reject(ordinal, nil, "bad-time-stamp", "\(stamp)", text())
                continue
            }
            let session = zone.localDate(at: instant)
            let isProvisional = YahooChart.isProvisional(
                session, stamp: instant, isLastTrade: stamp == lastTrade, regular: regular, calendar: calendar, zone: zone, asOf: asOf)
            let factor = splits.factor(after: session) / unadjusted.factor(of: session)
            let row = RawBar(
                session: session, open: fields[0], high: fields[1], low: fields[2], close: fields[3], volume: fields[4])
            let whole = absent.fill(row, ordinal: ordinal, text: text)
            rows.add(whole, ordinal: ordinal, isProvisional: isProvisional, text: text) { values in
                values.bar(volume: (values.volume / factor).rounded()) { unit.inMajorUnits(TickRule.price($0, times: factor)) }
            }
        }
        absent.say(&rows)
        var answer = rows.parsedResponse(actions: actions, currency: unit.code)
        answer.basis = .unadjusted
        return answer
    }

    /// Each split that rows know nothing of is said beside the last of them, with the ratio that they are not multiplied by.
    private func unadjusted(
        _ splits: [CorporateAction], _ rows: some Sequence<(Double, Double)>, _ zone: Zone, _ answer: inout DailyBarCollector
    ) -> UnappliedSplits {
        guard !splits.isEmpty else { return UnappliedSplits([], closes: []) }
        let closes = rows.map { stamp, close in (session: YahooChart.instant(stamp).map { zone.localDate(at: $0) }, close: close) }
        let unadjusted = UnappliedSplits(splits, closes: closes.compactMap { row in row.session.map { ($0, row.close) } })
        for level in unadjusted.levels {
            guard let (ordinal, row) = closes.enumerated().last(where: { $1.session.map { $0 < level.from } ?? false }) else { continue }
            answer.recordRepair(
                ordinal, row.session, "split-not-adjusted",
                "the rows before \(level.from) know nothing of the split of \(level.split.exDate), \(level.ratio) for 1", "\(row.close)",
                [Repair(field: .split, before: level.ratio, after: 1)])
        }
        return unadjusted
    }

    /// The zone that dates the rows, and what to say where it is not the answer's own: the calendar's, or the offset of the day of the
    /// answer, which a change of the clocks may leave an hour off and no session a day.
    static func zone(_ meta: JSONValue?, _ calendar: TradingCalendar?) throws(ProviderError) -> (zone: Zone, oddity: FlaggedRow?) {
        let name = meta?["exchangeTimezoneName"]?.string
        if let calendar, name == nil || name == calendar.zone.name { return (calendar.zone, nil) }
        if let zone = name.flatMap({ Zone($0) }) { return (zone, nil) }
        let offset = meta?["gmtoffset"]?.number.flatMap { abs($0) <= 64_800 ? Int($0) : nil }
        guard let zone = calendar?.zone ?? offset.map({ Zone(name: name ?? "", offset: $0) }) else {
            throw ProviderError(.malformed, "unknown time zone \(name ?? "(none)"), and no offset beside it")
        }
        let used = calendar == nil ? "its offset" : zone.name
        let repair = Repair(field: .offset, before: .nan, after: Double(offset ?? zone.offset(at: Instant(seconds: 0))))
        return (
            zone,
            FlaggedRow(
                ordinal: 0, session: nil, rule: "unknown-zone", detail: "\(name ?? "no zone") is not known: read by \(used)",
                text: "\(name ?? ""),\(offset.map { "\($0)" } ?? "")", repairs: [repair])
        )
    }

    static func instant(_ stamp: Double) -> Instant? {
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

    private static func text(_ stamp: Double, _ fields: [Double?]) -> String {
        let stamp = instant(stamp).map { String($0.seconds) } ?? "\(stamp)"
        return ([stamp] + fields.map { $0.map { "\($0)" } ?? "" }).joined(separator: ",")
    }
}

extension [Double] {
    /// The element; nil past the end and for NaN, which stands for null.
    func value(_ index: Int) -> Double? { index < count && !self[index].isNaN ? self[index] : nil }
}
