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

    /// The details of a split and of a dividend with impossible figures.
    static let impossibleSplit = "no date, or no ratio of a possible split", impossibleAmount = "no date, or no amount that is a price"
    /// The detail of a bar of which a price or the volume is out of range after its conversion.
    static let doesNotFit = "a price or the volume is out of range after the conversion to as traded and to whole units of the currency"

    package init(ordinal: Int, session: SessionDate?, rule: String, detail: String, text: String, repairs: [Repair] = []) {
        self.ordinal = ordinal
        self.session = session
        self.rule = rule
        self.detail = detail
        self.text = text
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
}

extension [FlaggedRow] {
    /// The rows by position in the response, then by rule.
    func sortedByPosition() -> [FlaggedRow] { sorted { ($0.ordinal, $0.rule) < ($1.ordinal, $1.rule) } }
}
