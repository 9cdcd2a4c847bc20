package import Market

/// A row that goes to quarantine, or counts with a repair.
package struct RejectedRow: Hashable, Sendable {
    /// Position in the answer, from 0 in the provider's order; events come after the rows.
    package let ordinal: Int
    /// nil when the row has no readable date.
    package let session: SessionDate?
    package let rule: String
    package let detail: String
    /// The row as comma-separated text, fields as they came.
    package let text: String
    /// What was replaced so that the row counts; empty when it does not.
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
