import Market

/// Collects the intraday rows of one answer: of two of one start the later counts; sorted by start.
struct IntradayRows {
    private struct Accepted {
        let ordinal: Int
        var row: RawBar
        let hasVolume: Bool
        let text: String
    }

    private let zone: Zone?
    private let unit: CurrencyUnit
    private var accepted: [Instant: Accepted] = [:]
    private var rejected: [RejectedRow] = []

    /// `zone` tells the session date; nil takes New York's.
    init(zone: Zone?, unit: CurrencyUnit = CurrencyUnit(label: nil)) {
        self.zone = zone ?? Zone("America/New_York")
        self.unit = unit
    }

    /// A row without a volume is kept; one without a price or with an impossible one is rejected.
    mutating func add(_ fields: BarFields, stamp: String, start: Instant?, ordinal: Int) {
        guard let start, let zone else {
            rejected.append(
                RejectedRow(ordinal: ordinal, session: nil, rule: "bad-time-stamp", detail: stamp, text: fields.text(stamp)))
            return
        }
        let session = zone.localDate(at: start)
        let row = RawBar(
            session: session, open: fields.open, high: fields.high, low: fields.low, close: fields.close, volume: fields.volume ?? 0)
        let violations = RowValidation.violations(of: row, calendar: nil)
        guard violations.isEmpty else {
            for violation in violations {
                rejected.append(
                    RejectedRow(
                        ordinal: ordinal, session: session, rule: violation.rule, detail: violation.detail, text: fields.text(stamp)))
            }
            return
        }
        if let earlier = accepted[start] {
            rejected.append(
                RejectedRow(
                    ordinal: earlier.ordinal, session: session, rule: ValidationRule.duplicateSession,
                    detail: "row \(ordinal) of the same start replaces it", text: stamp))
        }
        accepted[start] = Accepted(ordinal: ordinal, row: row, hasVolume: fields.volume != nil, text: fields.text(stamp))
    }

    /// Prices a hundred times off are mended by the rows around.
    func answer(currency: String?) -> ProviderAnswer {
        var rows = accepted.sorted { $0.key < $1.key }
        var said = rejected
        for violation in SeriesValidator(calendar: nil).unitErrors(in: rows.map(\.value.row)) {
            guard let index = violation.ordinal, case .repaired(let repairs) = violation.disposition else { continue }
            let entry = rows[index].value
            rows[index].value.row = repairs.reduce(entry.row) { $1.applied(to: $0) }
            said.append(
                RejectedRow(
                    ordinal: entry.ordinal, session: entry.row.session, rule: violation.rule, detail: violation.detail, text: entry.text,
                    repairs: repairs))
        }
        var answer = ProviderAnswer(currency: currency, rejected: said.sorted { ($0.ordinal, $0.rule) < ($1.ordinal, $1.rule) })
        answer.intraday = rows.compactMap { bar($0.key, $0.value) }
        return answer
    }

    private func bar(_ start: Instant, _ entry: Accepted) -> IntradayBar? {
        let row = entry.row
        guard let open = row.open, let high = row.high, let low = row.low, let close = row.close else { return nil }
        let price = { (value: Double) in unit.major(TickRule.price(value)) }
        return IntradayBar(
            start: start, session: row.session, open: price(open), high: price(high), low: price(low), close: price(close),
            volume: entry.hasVolume ? row.volume : nil)
    }
}
