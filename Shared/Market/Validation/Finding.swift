/// What a rule says of one row, one action or one missing session of a series.
package struct Finding: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        /// Worth knowing; the row stands.
        case accept
        /// The row stands with these values in place of its own. Both are kept, so that the row can be had back.
        case repair([Repair])
        /// The row does not become a bar.
        case quarantine
    }

    /// Position in the rows that were given; nil for a missing session and for an action.
    package let ordinal: Int?
    package let session: SessionDate
    /// One of `Validation.Rule`'s names.
    package let rule: String
    package let detail: String
    package let verdict: Verdict

    package init(ordinal: Int?, session: SessionDate, rule: String, detail: String, verdict: Verdict) {
        self.ordinal = ordinal
        self.session = session
        self.rule = rule
        self.detail = detail
        self.verdict = verdict
    }

    /// The same of a row that somebody released: worth knowing, and no more.
    package var overruled: Finding {
        guard verdict == .quarantine else { return self }
        return Finding(ordinal: ordinal, session: session, rule: rule, detail: "\(detail); released", verdict: .accept)
    }
}

/// One value of a row that was wrong by a known amount.
package struct Repair: Hashable, Sendable {
    /// Those behind `volume` are no field of a row. `split`: the new shares for one old since the row before, which nobody told of, or by
    /// which earlier rows stand off. `dividend`: an amount of the ex-date. `offset`: seconds east of UTC by which stamps were read.
    package enum Field: String, Hashable, Sendable, CaseIterable { case open, high, low, close, volume, split, dividend, offset }

    package let field: Field
    /// NaN where there was nothing.
    package let before, after: Double

    package init(field: Field, before: Double, after: Double) {
        self.field = field
        self.before = before
        self.after = after
    }

    package func applied(to row: Validation.Row) -> Validation.Row {
        var row = row
        let value = after.isNaN ? nil : after
        switch field {
        case .open: row.open = value
        case .high: row.high = value
        case .low: row.low = value
        case .close: row.close = value
        case .volume: row.volume = value
        case .split, .dividend, .offset: break
        }
        return row
    }

    /// Nothing is the same as nothing.
    package static func == (left: Repair, right: Repair) -> Bool { left.description == right.description }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension Repair: CustomStringConvertible {
    /// Such as `close 5012.0 50.12` or `volume null 0.0`: every digit, so that the text alone can undo it.
    package var description: String {
        let (before, after) = (before.isNaN ? "null" : "\(before)", after.isNaN ? "null" : "\(after)")
        return "\(field.rawValue) \(before) \(after)"
    }

    /// Reads what `description` writes; nil for other text.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ").map { String($0) }
        let value = { (word: String) in word == "null" ? Double.nan : Double(word) }
        guard words.count == 3, let field = Field(rawValue: words[0]), let before = value(words[1]), let after = value(words[2])
        else { return nil }
        self.init(field: field, before: before, after: after)
    }
}
