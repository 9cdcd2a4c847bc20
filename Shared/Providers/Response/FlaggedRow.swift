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
    /// The number of further rows of the response that break the rule and are not kept.
    package fileprivate(set) var omitted = 0

    /// The details of a split and of a dividend with impossible figures.
    static let impossibleSplit = "no date, or no ratio of a possible split", impossibleAmount = "no date, or no amount that is a price"
    /// The detail of a bar of which a price or the volume is out of range after its conversion.
    static let doesNotFit = "a price or the volume is out of range after the conversion to as traded and to whole units of the currency"

    package init(ordinal: Int, session: SessionDate?, rule: String, detail: String, text: String, repairs: [Repair] = []) {
        self.ordinal = ordinal
        self.session = session
        self.rule = rule
        self.detail = FlaggedRow.shortened(detail)
        self.text = FlaggedRow.shortened(text)
        self.repairs = repairs
    }

    /// An action that is impossible after its conversion, or together with others of its day. `ordinal` is its position among the response's
    /// actions.
    init(impossible action: CorporateAction, ordinal: Int) {
        let (rule, detail, figures) =
            switch action.kind {
            case .split(let new, let old): (ValidationRuleName.badSplit, "the product of the day's splits is out of range", "\(new),\(old)")
            case .dividend(let amount):
                (ValidationRuleName.badDividend, "the amount in whole units, or the sum of the day, is out of range", "\(amount)")
            }
        self.init(ordinal: ordinal, session: action.exDate, rule: rule, detail: detail, text: "\(action.exDate),\(figures)")
    }

    /// A bar whose converted figures do not fit. `ordinal` is its position among the response's bars.
    init(doesNotFit bar: Bar, ordinal: Int) {
        self.init(
            ordinal: ordinal, session: bar.session, rule: ValidationRuleName.priceOutOfRange, detail: FlaggedRow.doesNotFit,
            text: "\(bar.session),\(bar.open),\(bar.high),\(bar.low),\(bar.close),\(bar.volume)")
    }

    /// A text of at most a thousand bytes; a longer one is cut off.
    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 1000 ? text : String(decoding: text.utf8.prefix(997), as: UTF8.self) + "…"
    }
}

/// Collects the flagged rows of one response.
///
/// Of the rows that break one rule and are not used, the first thousand are kept, and one more that counts the others, so that a response of
/// nothing but bad rows takes no more memory than a few megabytes.
struct FlaggedRows {
    private static let mostOfARule = 1001

    private var rows: [FlaggedRow] = []
    /// By rule: the number of rows that are kept and not used, and the index of the last one.
    private var kept: [String: (count: Int, last: Int)] = [:]

    mutating func append(_ row: FlaggedRow) {
        guard row.repairs.isEmpty else { return rows.append(row) }
        let (count, last) = kept[row.rule] ?? (0, 0)
        if count == Self.mostOfARule {
            rows[last].omitted += 1
        } else {
            kept[row.rule] = (count + 1, rows.count)
            rows.append(row)
        }
    }

    /// The kept rows by position in the response, then by rule.
    func sortedByPosition() -> [FlaggedRow] { rows.sortedByPosition() }
}

extension [FlaggedRow] {
    /// The rows by position in the response, then by rule.
    func sortedByPosition() -> [FlaggedRow] { sorted { ($0.ordinal, $0.rule) < ($1.ordinal, $1.rule) } }
}
