package import Market

/// What an answer says, as traded and in session order.
package struct ProviderAnswer: Sendable {
    /// Sessions that had closed.
    package var bars: [Bar]
    /// Sessions that had not: never to become features.
    package var provisional: [Bar]
    package var actions: [CorporateAction]
    /// ISO 4217 code of the prices (subunits such as pence are converted); nil when the answer does not say.
    package var currency: String?
    /// One entry for each rule that a row broke.
    package var rejected: [RejectedRow]

    package init(bars: [Bar], provisional: [Bar], actions: [CorporateAction], currency: String?, rejected: [RejectedRow]) {
        self.bars = bars
        self.provisional = provisional
        self.actions = actions
        self.currency = currency
        self.rejected = rejected
    }
}

/// A row that goes to quarantine.
package struct RejectedRow: Hashable, Sendable {
    /// Position in the answer, from 0 in the provider's order; events come after the rows.
    package let ordinal: Int
    /// nil when the row has no readable date.
    package let session: SessionDate?
    package let rule: String
    package let detail: String
    /// The row as comma-separated text, fields as they came.
    package let text: String

    package init(ordinal: Int, session: SessionDate?, rule: String, detail: String, text: String) {
        self.ordinal = ordinal
        self.session = session
        self.rule = rule
        self.detail = detail
        self.text = text
    }
}
