package import Market

extension AlphaVantageDaily {
    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        let table = try table(body, status: status, headers: [])
        let zone = table.zone.flatMap { Zone($0) } ?? calendar?.zone
        var rows = DailyBarCollector(calendar: calendar)
        var actions: [CorporateAction] = []
        for (ordinal, row) in table.rows.enumerated() {
            guard let session = SessionDate(row.stamp.prefix(10)) else {
                rows.reject(ordinal, nil, "bad-date", "not a date: \(row.stamp)", row.text)
                continue
            }
            let isProvisional = AlphaVantageDaily.isProvisional(
                session, refreshed: table.refreshed, zone: zone, calendar: calendar, asOf: asOf)
            let checked = RawBar(
                session: session, open: row.number("open"), high: row.number("high"), low: row.number("low"),
                close: row.number("close"), volume: table.hasVolumes ? row.number("volume") : 0)
            rows.add(checked, ordinal: ordinal, isProvisional: isProvisional, text: { row.text }) { values in
                values.bar(volume: values.volume) { Price($0) }
            }
            if let split = SplitFactors.action(row.number("split coefficient"), on: session) { actions.append(split) }
            if let amount = row.number("dividend amount"), amount > 0, amount.isFinite {
                actions.append(CorporateAction(exDate: session, kind: .dividend(Price(amount))))
            }
        }
        return rows.parsedResponse(actions: actions, currency: table.currency)
    }

    /// A session that had not closed by `asOf`, or that `Last Refreshed` dates with a clock time before its close.
    private static func isProvisional(
        _ session: SessionDate, refreshed: String?, zone: Zone?, calendar: TradingCalendar?, asOf: Instant
    ) -> Bool {
        if let calendar, calendar.close(of: session) > asOf { return true }
        guard let refreshed, refreshed.utf8.count >= 16, refreshed.hasPrefix(session.description) else {
            return calendar == nil && (zone?.localDate(at: asOf) ?? asOf.utcDate) <= session
        }
        guard let calendar, let zone, let wall = Instant(refreshed.prefix(10) + "T" + refreshed.dropFirst(11) + "Z") else { return true }
        let second = Int(wall.seconds - Instant.utcMidnight(session).seconds)
        return zone.instant(session, secondsIntoDay: second) < calendar.close(of: session)
    }
}
