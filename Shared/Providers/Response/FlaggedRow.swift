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
        self.detail = FlaggedRow.shortened(detail)
        self.text = FlaggedRow.shortened(text)
        self.repairs = repairs
    }

    /// A text of at most a thousand bytes; a longer one is cut off.
    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 1000 ? text : String(decoding: text.utf8.prefix(997), as: UTF8.self) + "…"
    }
}

/// Collects the flagged rows of one response.
///
/// Of the rows that break one rule and are not used, the first thousand are kept. One more row says how many others there were, so that a
/// response of nothing but bad rows takes no more memory, and no more room in the quarantine, than a few megabytes.
struct FlaggedRows {
    private static let mostOfARule = 1000

    private var rows: [FlaggedRow] = []
    /// By rule: the rows that are not used.
    private var counts: [String: Int] = [:]
    /// By rule: the last row that was not kept.
    private var omitted: [String: Int] = [:]

    mutating func append(_ row: FlaggedRow) {
        if row.repairs.isEmpty {
            counts[row.rule, default: 0] += 1
            guard counts[row.rule, default: 0] <= Self.mostOfARule else {
                omitted[row.rule] = row.ordinal
                return
            }
        }
        rows.append(row)
    }

    /// The number of rows that were not kept. A row that breaks several rules counts for each.
    var omittedCount: Int { omitted.keys.reduce(0) { $0 + counts[$1, default: 0] - Self.mostOfARule } }

    /// The kept rows by position in the response, then by rule, with one row for those that were not kept.
    func sortedByPosition() -> [FlaggedRow] {
        let others = omitted.map { rule, ordinal in
            FlaggedRow(
                ordinal: ordinal, session: nil, rule: rule,
                detail: "\(counts[rule, default: 0] - Self.mostOfARule) more rows up to this one break the rule", text: "")
        }
        return (rows + others).sortedByPosition()
    }
}

extension [FlaggedRow] {
    /// The rows by position in the response, then by rule.
    func sortedByPosition() -> [FlaggedRow] { sorted { ($0.ordinal, $0.rule) < ($1.ordinal, $1.rule) } }
}
