package import Formats
package import Market

/// Yahoo Finance's chart v8 (unofficial): daily bars with their splits, dividends and capital gains of funds.
///
/// Prices and volumes arrive adjusted for every split known at the time of the response, but not for dividends. `parse` returns them as
/// traded, by the splits of the same response. So a request must end at the present: a range that ends before a later split could not be
/// converted back.
package struct YahooChart: DataProvider {
    package static let name = Yahoo.name
    package let kind = "chart-1d"
    package let bringsOwnActions = true

    private let baseURL: String

    /// `baseURL` has no slash at its end.
    package init(baseURL: String = Yahoo.baseURL) { self.baseURL = baseURL }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        Yahoo.request(baseURL, symbol: symbol, from: from, asOf: asOf, interval: "1d")
    }

    package func payload(of response: RawResponse) throws(ProviderError) -> JSONView {
        try Yahoo.chart(in: response) { $0 == "1d" }
    }

    package func parse(_ chart: JSONView, calendar: TradingCalendar?, asOf: Instant) throws(ProviderError) -> ParsedResponse {
        let meta = chart["meta"]
        let (zone, flag) = try Yahoo.zone(of: chart, calendar)
        let unit = CurrencyUnit(label: meta?["currency"]?.string)
        var bars = DailyBarCollector(calendar: calendar)
        if let flag { bars.flag(flag) }
        let stamps = chart["timestamp"]?.numbers ?? []
        let lastTrade = meta?["regularMarketTime"]?.number
        let regular = meta?["currentTradingPeriod"]?["regular"]

        let columns = Yahoo.columns(of: chart)
        var missing = MissingColumns(columns)
        let actions = YahooEvents(chart["events"], stamps, columns, zone: zone, unit: unit)
            .actions(chart["events"], firstOrdinal: stamps.count, bars: &bars)
        let splits = SplitFactors(actions.filter(\.isSplit))
        let unapplied = unappliedSplits(actions.filter(\.isSplit), zip(stamps, columns[3]), zone, &bars)
        for (ordinal, stamp) in stamps.enumerated() {
            let fields = BarFields(columns, ordinal)
            let instant = Instant(epochSeconds: stamp)
            let text = { fields.text(instant.map { String($0.seconds) } ?? "\(stamp)") }
            guard let instant else {
                bars.reject(ordinal, nil, ValidationRuleName.badTimeStamp, "\(stamp)", text())
                continue
            }
            let session = zone.localDate(at: instant)
            let isProvisional = YahooChart.isProvisional(
                session, stamp: instant, isLastTrade: stamp == lastTrade, regular: regular, calendar: calendar, zone: zone, asOf: asOf)
            let factor = splits.factor(after: session) / unapplied.factor(of: session)
            let row = missing.fill(fields.row(session), ordinal: ordinal, text: text)
            bars.add(row, ordinal: ordinal, isProvisional: isProvisional, text: text) { values in
                values.bar(volume: (values.volume / factor).rounded()) {
                    TickRounding.price($0, times: factor).flatMap { unit.inMajorUnits($0) }
                }
            }
        }
        missing.record(in: &bars)
        var response = bars.parsedResponse(actions: actions, currency: unit.code)
        response.basis = .unadjusted
        return response
    }

    /// The splits for which the rows before them are not adjusted. Each is flagged, with its ratio, at the last such row.
    private func unappliedSplits(
        _ splits: [CorporateAction], _ rows: some Sequence<(Double, Double)>, _ zone: MarketTimeZone, _ bars: inout DailyBarCollector
    ) -> UnappliedSplits {
        guard !splits.isEmpty else { return UnappliedSplits([], closes: []) }
        let closes = rows.map { stamp, close in (session: Instant(epochSeconds: stamp).map { zone.localDate(at: $0) }, close: close) }
        let unapplied = UnappliedSplits(splits, closes: closes.compactMap { row in row.session.map { ($0, row.close) } })
        for shift in unapplied.levelShifts {
            guard let (ordinal, row) = closes.enumerated().last(where: { $1.session.map { $0 < shift.firstSession } ?? false }) else {
                continue
            }
            bars.recordRepair(
                ordinal, row.session, ValidationRuleName.splitNotAdjusted,
                "the rows before \(shift.firstSession) are not adjusted for the split of \(shift.split.exDate), \(shift.ratio) for 1",
                "\(row.close)",
                [Repair(field: .split, before: shift.ratio, after: 1)])
        }
        return unapplied
    }

    /// Whether a row is live: its session had not closed by `asOf`, or its stamp is the time of the last trade, before the close,
    /// instead of the open. Without a calendar, the session ends with the response's own trading period.
    private static func isProvisional(
        _ session: SessionDate, stamp: Instant, isLastTrade: Bool, regular: JSONView?, calendar: TradingCalendar?, zone: MarketTimeZone,
        asOf: Instant
    ) -> Bool {
        if let calendar {
            let close = calendar.close(of: session)
            return close > asOf || (isLastTrade && stamp < close && stamp != calendar.open(of: session))
        }
        if isLastTrade { return true }
        guard let end = regular?["end"]?.number.flatMap({ Instant(epochSeconds: $0) }), zone.localDate(at: end) == session else {
            return zone.localDate(at: asOf) <= session
        }
        return end > asOf
    }
}
