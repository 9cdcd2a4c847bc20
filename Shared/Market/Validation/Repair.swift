/// The replacement of one wrong value of a row.
///
/// Text form: `close 5012.0 50.12` or `volume null 0.0` (field, old value, new value), with all digits, so that the text is enough
/// to undo the repair.
package struct Repair: Hashable, Sendable {
    package enum Field: String, Hashable, Sendable, CaseIterable {
        case open, high, low, close, volume
        /// New shares per old share since the previous row, for a split that no provider reported; or the factor by which earlier rows are
        /// wrong.
        case split
        /// The amount of a dividend.
        case dividend
        /// The offset with which time stamps were read, in seconds east of UTC.
        case offset
    }

    package let field: Field
    /// NaN stands for null.
    package let before, after: Double

    package init(field: Field, before: Double, after: Double) {
        self.field = field
        self.before = before
        self.after = after
    }

    /// The row with the new value. `split`, `dividend` and `offset` are not fields of a row and leave the row
    /// unchanged.
    package func applied(to row: RawBar) -> RawBar {
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

    /// Compares the text forms, so that two repairs of a null are equal.
    package static func == (left: Repair, right: Repair) -> Bool { left.description == right.description }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension Repair: CustomStringConvertible {
    package var description: String {
        let (before, after) = (before.isNaN ? "null" : "\(before)", after.isNaN ? "null" : "\(after)")
        return "\(field.rawValue) \(before) \(after)"
    }

    /// Parses the text form; nil for any other text.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ").map { String($0) }
        let value = { (word: String) in word == "null" ? Double.nan : Double(word) }
        guard words.count == 3, let field = Field(rawValue: words[0]), let before = value(words[1]), let after = value(words[2])
        else { return nil }
        self.init(field: field, before: before, after: after)
    }
}
