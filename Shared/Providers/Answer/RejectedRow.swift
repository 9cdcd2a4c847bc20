package import Market

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
