import Market

/// Collects the rows of one answer: validates each, keeps the later of two valid rows of one session, sorts by session.
struct AnswerRows {
    private struct Accepted {
        let ordinal: Int
        let bar: Bar
        let isProvisional: Bool
        let text: () -> String
    }

    let calendar: TradingCalendar?
    private var accepted: [SessionDate: Accepted] = [:]
    private(set) var rejected: [RejectedRow] = []

    init(calendar: TradingCalendar?) { self.calendar = calendar }

    /// `convert` makes the as-traded bar of a valid row; `text` is the row as it came, asked for only when the row is rejected.
    mutating func add(
        _ row: RawBar, ordinal: Int, isProvisional: Bool, text: @escaping () -> String, convert: (Values) -> Bar
    ) {
        var row = row
        var violations = RowValidation.violations(of: row, calendar: calendar)
        if violations.map(\.rule) == [ValidationRule.priceOrder], let repairs = RowValidation.rangeRepairs(of: row) {
            mend(ordinal, row.session, ValidationRule.priceOrder, violations[0].detail, text(), repairs)
            row = repairs.reduce(row) { $1.applied(to: $0) }
            violations = []
        }
        guard violations.isEmpty, let values = Values(row) else {
            for violation in violations {
                reject(ordinal, row.session, violation.rule, violation.detail, text())
            }
            return
        }
        if let earlier = accepted[row.session] {
            reject(
                earlier.ordinal, row.session, ValidationRule.duplicateSession, "row \(ordinal) of the same session replaces it",
                earlier.text())
        }
        accepted[row.session] = Accepted(ordinal: ordinal, bar: convert(values), isProvisional: isProvisional, text: text)
    }

    mutating func reject(_ ordinal: Int, _ session: SessionDate?, _ rule: String, _ detail: String, _ text: String) {
        rejected.append(RejectedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text))
    }

    /// Says what was replaced in a row that counts.
    mutating func mend(
        _ ordinal: Int, _ session: SessionDate?, _ rule: String, _ detail: String, _ text: String, _ repairs: [Repair]
    ) {
        rejected.append(RejectedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text, repairs: repairs))
    }

    /// Says what the answer as a whole was read by.
    mutating func mend(_ row: RejectedRow) { rejected.append(row) }

    /// `basis` other than as traded puts the closed sessions into `adjusted`.
    func answer(actions: [CorporateAction] = [], currency: String?, basis: PriceBasis = .asTraded) -> ProviderAnswer {
        let rows = accepted.values.sorted { $0.bar.session < $1.bar.session }
        let closed = rows.filter { !$0.isProvisional }.map(\.bar)
        let isAdjusted = basis == .splitAdjusted || basis == .totalReturn
        var answer = ProviderAnswer(
            bars: isAdjusted ? [] : closed, provisional: rows.filter(\.isProvisional).map(\.bar),
            actions: actions.sorted { $0.exDate < $1.exDate }, currency: currency,
            rejected: rejected.sorted { ($0.ordinal, $0.rule) < ($1.ordinal, $1.rule) })
        answer.adjusted = isAdjusted ? closed : []
        answer.basis = basis
        return answer
    }

    /// The fields of a row, none missing.
    struct Values {
        let session: SessionDate
        let open, high, low, close, volume: Double

        init?(_ row: RawBar) {
            guard let open = row.open, let high = row.high, let low = row.low, let close = row.close, let volume = row.volume else {
                return nil
            }
            (session, self.open, self.high, self.low, self.close, self.volume) = (row.session, open, high, low, close, volume)
        }

        /// The bar with each price converted; high and low take in what rounding may have pushed past them.
        func bar(volume: Double, _ price: (Double) -> Price) -> Bar {
            let (first, last) = (price(open), price(close))
            return Bar(
                session: session, open: first, high: max(price(high), first, last), low: min(price(low), first, last), close: last,
                volume: volume)
        }
    }
}
