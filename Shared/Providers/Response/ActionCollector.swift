import Market

/// Collects the corporate actions of one response. A row without a date or a positive figure is flagged.
///
/// `DailyBarCollector.parsedResponse(actions:currency:basis:)` combines them with the bars of the same response.
struct ActionCollector {
    private let unit: CurrencyUnit
    private var actions: [CorporateAction] = []
    private var flaggedRows = FlaggedRows()

    /// `unit` is the unit of the dividends.
    init(unit: CurrencyUnit = CurrencyUnit(label: nil)) { self.unit = unit }

    /// Adds the split factor (new shares per old one) and the cash dividend in a session's daily row. nil and figures that mean none (a
    /// factor of 1, an amount of 0, negative figures) are ignored. A factor that is no ratio of small integers becomes a spin-off.
    mutating func add(splitFactor: Double?, dividend: Double?, on session: SessionDate) {
        if let split = SplitFactors.action(splitFactor, on: session) { actions.append(split) }
        if let dividend, dividend > 0, dividend.isFinite { appendDividend(dividend, session, .ordinary) }
    }

    /// Adds a split of `numerator` new shares for `denominator` old ones. A ratio of one is ignored.
    ///
    /// `ordinal` is the row's position in the response, counted after the price rows. `date` begins with `2012-01-03`.
    mutating func addSplit(
        _ ordinal: Int, date: String?, numerator: Double?, denominator: Double?, nature: CorporateAction.Nature = .ordinary
    ) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        guard let session, let numerator, let denominator, numerator > 0, denominator > 0, numerator.isFinite, denominator.isFinite else {
            return reject(ordinal, session, ValidationRuleName.badSplit, "split,\(date ?? ""),\(numerator ?? .nan),\(denominator ?? .nan)")
        }
        guard numerator != denominator else { return }
        actions.append(CorporateAction(exDate: session, kind: .split(numerator: numerator, denominator: denominator), nature: nature))
    }

    /// Adds a cash dividend per share.
    mutating func addDividend(_ ordinal: Int, date: String?, amount: Double?, nature: CorporateAction.Nature = .ordinary) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        guard let session, let amount, amount > 0, amount.isFinite else {
            return reject(ordinal, session, ValidationRuleName.badDividend, "dividend,\(date ?? ""),\(amount ?? .nan)")
        }
        appendDividend(amount, session, nature)
    }

    private mutating func appendDividend(_ amount: Double, _ session: SessionDate, _ nature: CorporateAction.Nature) {
        actions.append(CorporateAction(exDate: session, kind: .dividend(unit.inMajorUnits(Price(amount))), nature: nature))
    }

    /// Flags an action of a kind that prices cannot be adjusted for, such as a merger.
    mutating func rejectUnsupported(_ ordinal: Int, date: String?, _ kind: String) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        reject(
            ordinal, session, ValidationRuleName.unsupportedAction, "\(kind),\(date ?? "")",
            "\(kind): check whether prices or symbols change with it")
    }

    private mutating func reject(
        _ ordinal: Int, _ session: SessionDate?, _ rule: String, _ text: String, _ detail: String = "no date or no positive figure"
    ) {
        flaggedRows.append(FlaggedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text))
    }

    /// The collected actions, by ex-date, and the flagged rows.
    func parsedResponse(currency: String?) -> ParsedResponse {
        var response = ParsedResponse(
            actions: actions.sorted { $0.exDate < $1.exDate }, currency: currency, flaggedRows: flaggedRows.sortedByPosition())
        response.omittedRows = flaggedRows.omittedCount
        return response
    }
}
