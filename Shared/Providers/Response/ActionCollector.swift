import Market

/// Collects the corporate actions of one response. A row without a date or a positive figure is flagged.
struct ActionCollector {
    private var actions: [CorporateAction] = []
    private var flaggedRows: [FlaggedRow] = []

    /// Adds a split of `numerator` new shares for `denominator` old ones. A ratio of one is ignored.
    mutating func addSplit(
        _ ordinal: Int, date: String?, numerator: Double?, denominator: Double?, nature: CorporateAction.Nature = .ordinary
    ) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        guard let session, let numerator, let denominator, numerator > 0, denominator > 0, numerator.isFinite, denominator.isFinite else {
            return reject(ordinal, session, "bad-split", "split,\(date ?? ""),\(numerator ?? .nan),\(denominator ?? .nan)")
        }
        guard numerator != denominator else { return }
        actions.append(CorporateAction(exDate: session, kind: .split(numerator: numerator, denominator: denominator), nature: nature))
    }

    /// Adds a cash dividend per share.
    mutating func addDividend(_ ordinal: Int, date: String?, amount: Double?, nature: CorporateAction.Nature = .ordinary) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        guard let session, let amount, amount > 0, amount.isFinite else {
            return reject(ordinal, session, "bad-dividend", "dividend,\(date ?? ""),\(amount ?? .nan)")
        }
        actions.append(CorporateAction(exDate: session, kind: .dividend(Price(amount)), nature: nature))
    }

    /// Flags an action of a kind that prices cannot be adjusted for, such as a merger.
    mutating func rejectUnsupported(_ ordinal: Int, date: String?, _ kind: String) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        reject(
            ordinal, session, "unsupported-action", "\(kind),\(date ?? "")", "\(kind): check whether prices or symbols change with it")
    }

    private mutating func reject(
        _ ordinal: Int, _ session: SessionDate?, _ rule: String, _ text: String, _ detail: String = "no date or no positive figure"
    ) {
        flaggedRows.append(FlaggedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text))
    }

    /// The collected actions, by ex-date, and the flagged rows.
    func parsedResponse(currency: String?) -> ParsedResponse {
        ParsedResponse(actions: actions.sorted { $0.exDate < $1.exDate }, currency: currency, flaggedRows: flaggedRows)
    }
}
