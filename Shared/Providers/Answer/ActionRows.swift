import Market

/// Collects the corporate actions of one answer; what has no date or no positive figure is rejected.
struct ActionRows {
    private var actions: [CorporateAction] = []
    private var rejected: [RejectedRow] = []

    /// New shares for old ones. A ratio of one is no event.
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

    mutating func addDividend(_ ordinal: Int, date: String?, amount: Double?, nature: CorporateAction.Nature = .ordinary) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        guard let session, let amount, amount > 0, amount.isFinite else {
            return reject(ordinal, session, "bad-dividend", "dividend,\(date ?? ""),\(amount ?? .nan)")
        }
        actions.append(CorporateAction(exDate: session, kind: .dividend(Price(amount)), nature: nature))
    }

    /// An action of a kind that no price can be brought back by.
    mutating func refuse(_ ordinal: Int, date: String?, _ kind: String) {
        let session = date.flatMap { SessionDate($0.prefix(10)) }
        reject(ordinal, session, "unsupported-action", "\(kind),\(date ?? "")", "\(kind): look whether prices or names change with it")
    }

    private mutating func reject(
        _ ordinal: Int, _ session: SessionDate?, _ rule: String, _ text: String, _ detail: String = "no date or no positive figure"
    ) {
        rejected.append(RejectedRow(ordinal: ordinal, session: session, rule: rule, detail: detail, text: text))
    }

    func answer(currency: String?) -> ProviderAnswer {
        ProviderAnswer(actions: actions.sorted { $0.exDate < $1.exDate }, currency: currency, rejected: rejected)
    }
}
