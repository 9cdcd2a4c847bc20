import Market

/// Collects the corporate actions of one response. A row without a date or with impossible figures is flagged.
///
/// `DailyBarCollector.parsedResponse(actions:currency:basis:)` combines them with the bars of the same response.
struct ActionCollector {
    private let unit: CurrencyUnit
    private var actions: [CorporateAction] = []
    private var flaggedRows = FlaggedRows()

    /// `unit` is the unit of the dividends.
    init(unit: CurrencyUnit = CurrencyUnit(label: nil)) { self.unit = unit }

    /// Adds the split factor (new shares per old one) and the cash dividend in a session's daily row. nil and figures that mean none (a
    /// factor of 1 or 0, an amount of 0) are ignored. A factor that is no ratio of small integers becomes a spin-off.
    ///
    /// `ordinal` is the row's position in the response.
    mutating func add(_ ordinal: Int, splitFactor: Double?, dividend: Double?, on session: SessionDate) {
        if let splitFactor, splitFactor != 0 {
            let nature: CorporateAction.Nature = SplitFactors.isRatioOfSmallIntegers(splitFactor) ? .ordinary : .spinOff
            addSplit(ordinal, date: session.description, numerator: splitFactor, denominator: 1, nature: nature)
        }
        if let dividend, dividend != 0 { addDividend(ordinal, date: session.description, amount: dividend) }
    }

    /// Adds a split of `numerator` new shares for `denominator` old ones. A ratio of one is ignored.
    ///
    /// `ordinal` is the row's position in the response, counted after the price rows. `date` begins with `2012-01-03`.
    mutating func addSplit(
        _ ordinal: Int, date: String?, numerator: Double?, denominator: Double?, nature: CorporateAction.Nature = .ordinary
    ) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        guard let session, let numerator, let denominator,
            let kind = CorporateAction.Kind.possibleSplit(numerator, for: denominator)
        else {
            return reject(
                ordinal, session, ValidationRuleName.badSplit, "split,\(date ?? ""),\(numerator ?? .nan),\(denominator ?? .nan)",
                FlaggedRow.impossibleSplit)
        }
        guard numerator != denominator else { return }
        actions.append(CorporateAction(exDate: session, kind: kind, nature: nature))
    }

    /// Adds a cash dividend per share.
    mutating func addDividend(_ ordinal: Int, date: String?, amount: Double?, nature: CorporateAction.Nature = .ordinary) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        guard let session, let amount, let price = Price(amount).flatMap({ unit.inMajorUnits($0) }) else {
            return reject(
                ordinal, session, ValidationRuleName.badDividend, "dividend,\(date ?? ""),\(amount ?? .nan)", FlaggedRow.impossibleAmount)
        }
        actions.append(CorporateAction(exDate: session, kind: .dividend(price), nature: nature))
    }

    /// Flags an action of a kind that prices cannot be adjusted for, such as a merger.
    mutating func rejectUnsupported(_ ordinal: Int, date: String?, _ kind: String) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        reject(
            ordinal, session, ValidationRuleName.unsupportedAction, "\(kind),\(date ?? "")",
            "\(kind): check whether prices or symbols change with it")
    }

    private mutating func reject(_ ordinal: Int, _ session: SessionDate?, _ rule: String, _ text: String, _ detail: String) {
        flaggedRows.append(FlaggedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text))
    }

    /// The collected actions, by ex-date, and the flagged rows.
    func parsedResponse(currency: String?) -> ParsedResponse {
        ParsedResponse(
            actions: actions.sorted { $0.exDate < $1.exDate }, currency: currency, flaggedRows: flaggedRows.sortedByPosition())
    }
}
