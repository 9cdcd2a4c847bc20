import Market

/// Collects the intraday bars of one response: validates each row, keeps the later of two valid rows of one start, sorts by start.
struct IntradayBarCollector {
    private struct Accepted {
        let ordinal: Int
        var row: RawBar
        let hasVolume: Bool
        let text: String
        var isQuarantined = false
    }

    private let zone: MarketTimeZone?
    private let unit: CurrencyUnit
    private var accepted: [Instant: Accepted] = [:]
    private var flaggedRows = FlaggedRows()

    /// `zone` is the exchange's, for the session date; nil means New York. `unit` is the unit of the prices.
    init(zone: MarketTimeZone?, unit: CurrencyUnit = CurrencyUnit(label: nil)) {
        self.zone = zone ?? MarketTimeZone("America/New_York")
        self.unit = unit
    }

    /// Adds a row. A row without a volume is used; a row with a missing or impossible price is flagged.
    mutating func add(_ fields: BarFields, stamp: String, start: Instant?, ordinal: Int) {
        guard let start, let zone else { return flag(ordinal, nil, ValidationRuleName.badTimeStamp, stamp, fields.text(stamp)) }
        let session = zone.localDate(at: start)
        let row = RawBar(
            session: session, open: fields.open, high: fields.high, low: fields.low, close: fields.close, volume: fields.volume ?? 0)
        let violations = RowValidation.violations(of: row, calendar: nil)
        guard violations.isEmpty else {
            for violation in violations { flag(ordinal, session, violation.rule, violation.detail, fields.text(stamp)) }
            return
        }
        if let earlier = accepted[start] {
            flag(
                earlier.ordinal, session, ValidationRuleName.duplicateSession, "row \(ordinal) of the same start replaces it", stamp)
        }
        accepted[start] = Accepted(ordinal: ordinal, row: row, hasVolume: fields.volume != nil, text: fields.text(stamp))
    }

    private mutating func flag(_ ordinal: Int, _ session: SessionDate?, _ rule: String, _ detail: String, _ text: String) {
        flaggedRows.append(FlaggedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text))
    }

    /// The collected bars, with unit errors repaired, and the flagged rows.
    func parsedResponse(currency: String?) -> ParsedResponse {
        var rows = accepted.sorted { $0.key < $1.key }
        var flaggedRows = flaggedRows
        for violation in SeriesValidator(calendar: nil).unitErrors(in: rows.map(\.value.row)) {
            guard let index = violation.ordinal else { continue }
            let entry = rows[index].value
            var repairs: [Repair] = []
            if case .repaired(let replaced) = violation.disposition { repairs = replaced }
            rows[index].value.row = repairs.reduce(entry.row) { $1.applied(to: $0) }
            rows[index].value.isQuarantined = violation.disposition == .quarantined
            flaggedRows.append(
                FlaggedRow(
                    ordinal: entry.ordinal, session: entry.row.session, rule: violation.rule, detail: violation.detail, text: entry.text,
                    repairs: repairs))
        }
        var response = ParsedResponse(currency: currency)
        for row in rows where !row.value.isQuarantined {
            if let bar = bar(row.key, row.value) {
                response.intraday.append(bar)
            } else {
                flaggedRows.append(
                    FlaggedRow(
                        ordinal: row.value.ordinal, session: row.value.row.session, rule: ValidationRuleName.priceOutOfRange,
                        detail: FlaggedRow.doesNotFit, text: row.value.text))
            }
        }
        response.flaggedRows = flaggedRows.sortedByPosition()
        return response
    }

    /// The bar of an accepted row; nil where a price does not fit.
    private func bar(_ start: Instant, _ entry: Accepted) -> IntradayBar? {
        let row = entry.row
        let price = { (value: Double?) in value.flatMap { TickRounding.price($0) }.flatMap { unit.inMajorUnits($0) } }
        guard let open = price(row.open), let high = price(row.high), let low = price(row.low), let close = price(row.close) else {
            return nil
        }
        return IntradayBar(
            start: start, session: row.session, open: open, high: high, low: low, close: close,
            volume: entry.hasVolume ? row.volume : nil)
    }
}
