import Market

/// Collects the bars of one response that are either all daily or all intraday.
struct BarCollector {
    private let isDaily: Bool
    private let zone: MarketTimeZone?
    private let unit: CurrencyUnit
    private let asOf: Instant
    private var daily: DailyBarCollector
    private var intraday: IntradayBarCollector

    /// `zone` is the exchange's time zone, `unit` the unit of the prices, `asOf` the time of the request.
    init(isDaily: Bool, calendar: TradingCalendar?, zone: MarketTimeZone?, unit: CurrencyUnit = CurrencyUnit(label: nil), asOf: Instant) {
        self.isDaily = isDaily
        self.zone = zone
        self.unit = unit
        self.asOf = asOf
        daily = DailyBarCollector(calendar: calendar)
        intraday = IntradayBarCollector(zone: zone, unit: unit)
    }

    /// Adds a row: a daily bar of `session`, or an intraday bar from `start` on. `stamp` is the date or time as the provider wrote it.
    mutating func add(_ fields: BarFields, stamp: String, session: SessionDate?, start: Instant?, ordinal: Int, isUTC: Bool = false) {
        if isDaily {
            daily.addDaily(fields, stamp: stamp, session: session, ordinal: ordinal, asOf: asOf, zone: isUTC ? nil : zone, unit: unit)
        } else {
            intraday.add(fields, stamp: stamp, start: start, ordinal: ordinal)
        }
    }

    /// The collected bars and flagged rows. `basis` is that of daily bars.
    func parsedResponse(currency: String?, basis: PriceBasis = .asTraded) -> ParsedResponse {
        isDaily ? daily.parsedResponse(currency: currency, basis: basis) : intraday.parsedResponse(currency: currency)
    }
}
