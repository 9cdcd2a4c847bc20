import Market

/// Collects the intraday rows of one answer: of two of one start the later counts; sorted by start.
struct IntradayRows {
    private let zone: Zone?
    private let unit: CurrencyUnit
    private var bars: [Instant: (ordinal: Int, bar: IntradayBar)] = [:]
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
        let row = Validation.Row(
            session: session, open: fields.open, high: fields.high, low: fields.low, close: fields.close, volume: fields.volume ?? 0)
        let violations = Validation.check(row, calendar: nil)
        guard violations.isEmpty, let open = row.open, let high = row.high, let low = row.low, let close = row.close else {
            for violation in violations {
                rejected.append(
                    RejectedRow(
                        ordinal: ordinal, session: session, rule: violation.rule, detail: violation.detail, text: fields.text(stamp)))
            }
            return
        }
        let price = { [unit] (value: Double) in unit.major(TickRule.price(value)) }
        let bar = IntradayBar(
            start: start, session: session, open: price(open), high: price(high), low: price(low), close: price(close),
            volume: fields.volume)
        if let earlier = bars[start] {
            rejected.append(
                RejectedRow(
                    ordinal: earlier.ordinal, session: session, rule: Validation.Rule.duplicate,
                    detail: "row \(ordinal) of the same start replaces it", text: stamp))
        }
        bars[start] = (ordinal, bar)
    }

    func answer(currency: String?) -> ProviderAnswer {
        var answer = ProviderAnswer(currency: currency, rejected: rejected.sorted { ($0.ordinal, $0.rule) < ($1.ordinal, $1.rule) })
        answer.intraday = bars.values.map(\.bar).sorted { $0.start < $1.start }
        return answer
    }
}
