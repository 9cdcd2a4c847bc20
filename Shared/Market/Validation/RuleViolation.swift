/// A rule that a row, a corporate action or a gap in a series broke, and the disposition that follows.
package struct RuleViolation: Hashable, Sendable {
    /// The position in the checked rows; nil for a single row, a missing session and a corporate action.
    package let ordinal: Int?
    package let session: SessionDate
    /// A name in `ValidationRuleName`.
    package let rule: String
    /// The figures that broke the rule.
    package let detail: String
    package let disposition: Disposition

    package init(ordinal: Int? = nil, session: SessionDate, rule: String, detail: String, disposition: Disposition = .quarantined) {
        self.ordinal = ordinal
        self.session = session
        self.rule = rule
        self.detail = detail
        self.disposition = disposition
    }

    /// The same violation of a bar that an operator released: recorded, but no longer quarantined.
    package var released: RuleViolation {
        guard disposition == .quarantined else { return self }
        return RuleViolation(ordinal: ordinal, session: session, rule: rule, detail: "\(detail); released", disposition: .accepted)
    }
}

/// The result for a row that broke a rule.
package enum Disposition: Hashable, Sendable {
    /// The row becomes a bar; the violation is recorded.
    case accepted
    /// The row becomes a bar with the repaired values. Old and new values are stored, so that the repair can be undone.
    case repaired([Repair])
    /// The row does not become a bar.
    case quarantined
}
