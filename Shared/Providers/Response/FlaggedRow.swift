package import Market

/// A row of a response that broke a rule: quarantined, or used with repairs.
package struct FlaggedRow: Hashable, Sendable {
    /// Position in the response, from 0 in the provider's order. Corporate actions are numbered after the price rows.
    package let ordinal: Int
    /// nil when the row has no readable date.
    package let session: SessionDate?
    /// A name in `ValidationRuleName`; of a response without data, the name of its `ProviderError.Kind`.
    package let rule: String
    package let detail: String
    /// The row as the provider sent it, its fields separated by commas.
    package let text: String
    /// The values replaced in a row that is used; empty for a quarantined row.
    package let repairs: [Repair]

    package init(ordinal: Int, session: SessionDate?, rule: String, detail: String, text: String, repairs: [Repair] = []) {
        self.ordinal = ordinal
        self.session = session
        self.rule = rule
        self.detail = detail
        self.text = text
        self.repairs = repairs
    }
}

extension [FlaggedRow] {
    /// The rows by position in the response, then by rule.
    func sortedByPosition() -> [FlaggedRow] { sorted { ($0.ordinal, $0.rule) < ($1.ordinal, $1.rule) } }
}
