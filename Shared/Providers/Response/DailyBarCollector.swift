import Market

/// Collects the daily bars of one response: validates each row, keeps the later of two valid rows of one session, sorts by session.
struct DailyBarCollector {
    private struct Accepted {
        let ordinal: Int
        let bar: Bar
        let isProvisional: Bool
        let text: () -> String
    }

    let calendar: TradingCalendar?
    private var accepted: [SessionDate: Accepted] = [:]
    private var flaggedRows = FlaggedRows()

    init(calendar: TradingCalendar?) { self.calendar = calendar }

    /// Adds a daily row whose prices are in `unit`. The session is provisional until its close has passed.
    ///
    /// `stamp` is the date as the provider wrote it; without a calendar, `zone` decides whether the session is over.
    mutating func addDaily(
        _ fields: BarFields, stamp: String, session: SessionDate?, ordinal: Int, asOf: Instant, zone: MarketTimeZone?,
        unit: CurrencyUnit = CurrencyUnit(label: nil)
    ) {
        guard let session else { return reject(ordinal, nil, ValidationRuleName.badDate, "not a date: \(stamp)", fields.text(stamp)) }
        let isProvisional = calendar.map { $0.close(of: session) > asOf } ?? ((zone?.localDate(at: asOf) ?? asOf.utcDate) <= session)
        add(fields.row(session), ordinal: ordinal, isProvisional: isProvisional, text: { fields.text(stamp) }) { values in
            values.bar(volume: values.volume) { Price($0).flatMap { unit.inMajorUnits($0) } }
        }
    }

    /// Adds a row. `convert` makes the as-traded bar of a valid row, or nil where a figure does not fit; `text` is the row as the provider sent
    /// it.
    mutating func add(
        _ row: RawBar, ordinal: Int, isProvisional: Bool, text: @escaping () -> String, convert: (Values) -> Bar?
    ) {
        var row = row
        var violations = RowValidation.violations(of: row, calendar: calendar)
        if violations.map(\.rule) == [ValidationRuleName.priceOrder], let repairs = RowValidation.rangeRepairs(of: row) {
            recordRepair(ordinal, row.session, ValidationRuleName.priceOrder, violations[0].detail, text(), repairs)
            row = repairs.reduce(row) { $1.applied(to: $0) }
            violations = []
        }
        guard violations.isEmpty, let values = Values(row) else {
            for violation in violations {
                reject(ordinal, row.session, violation.rule, violation.detail, text())
            }
            return
        }
        guard let bar = convert(values) else {
            return reject(ordinal, row.session, ValidationRuleName.priceOutOfRange, FlaggedRow.doesNotFit, text())
        }
        if let earlier = accepted[row.session] {
            reject(
                earlier.ordinal, row.session, ValidationRuleName.duplicateSession, "row \(ordinal) of the same session replaces it",
                earlier.text())
        }
        accepted[row.session] = Accepted(ordinal: ordinal, bar: bar, isProvisional: isProvisional, text: text)
    }

    /// Flags a row that is not used.
    mutating func reject(_ ordinal: Int, _ session: SessionDate?, _ rule: String, _ detail: String, _ text: String) {
        flag(FlaggedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text))
    }

    /// Flags a row that is used with repairs.
    mutating func recordRepair(
        _ ordinal: Int, _ session: SessionDate?, _ rule: String, _ detail: String, _ text: String, _ repairs: [Repair]
    ) {
        flag(FlaggedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text, repairs: repairs))
    }

    mutating func flag(_ row: FlaggedRow) { flaggedRows.append(row) }

    /// The collected bars and flagged rows. Closed sessions of a `basis` other than as traded go to `adjusted`.
    func parsedResponse(actions: [CorporateAction] = [], currency: String?, basis: PriceBasis = .asTraded) -> ParsedResponse {
        let rows = accepted.values.sorted { $0.bar.session < $1.bar.session }
        let closed = rows.filter { !$0.isProvisional }.map(\.bar)
        let isAdjusted = basis == .splitAdjusted || basis == .totalReturn
        var response = ParsedResponse(
            bars: isAdjusted ? [] : closed, provisional: rows.filter(\.isProvisional).map(\.bar),
            actions: actions.sorted { $0.exDate < $1.exDate }, currency: currency,
            flaggedRows: flaggedRows.sortedByPosition())
        response.adjusted = isAdjusted ? closed : []
        response.basis = basis
        return response
    }

    /// The collected bars with the corporate actions of the same response, and the flagged rows of both.
    func parsedResponse(actions: ActionCollector, currency: String?, basis: PriceBasis = .asTraded) -> ParsedResponse {
        let collected = actions.parsedResponse(currency: currency)
        var response = parsedResponse(actions: collected.actions, currency: currency, basis: basis)
        response.flaggedRows = (response.flaggedRows + collected.flaggedRows).sortedByPosition()
        return response
    }

    /// The fields of a row without nulls.
    struct Values {
        let session: SessionDate
        let open, high, low, close, volume: Double

        init?(_ row: RawBar) {
            guard let open = row.open, let high = row.high, let low = row.low, let close = row.close, let volume = row.volume else {
                return nil
            }
            (session, self.open, self.high, self.low, self.close, self.volume) = (row.session, open, high, low, close, volume)
        }

        /// The bar with each price converted; nil where a figure does not fit. High and low are extended to open and close where rounding moved
        /// them apart.
        func bar(volume: Double, _ price: (Double) -> Price?) -> Bar? {
            guard let first = price(open), let top = price(high), let bottom = price(low), let last = price(close), volume.isFinite
            else { return nil }
            return Bar(
                session: session, open: first, high: max(top, first, last), low: min(bottom, first, last), close: last, volume: volume)
        }
    }
}
