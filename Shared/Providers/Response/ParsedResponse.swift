package import Market

/// The bars, corporate actions and other data parsed from one response of a provider, in session order.
///
/// A simple parser returns `ParsedResponse(bars: bars, currency: "USD")`. `DailyBarCollector` (with an `ActionCollector`), `IntradayBarCollector` and
/// `ActionCollector` validate rows and build the whole value.
package struct ParsedResponse: Sendable {
    /// Closed sessions, as traded.
    package var bars: [Bar]
    /// Sessions that had not closed at the time of the request. They never become features.
    package var provisional: [Bar]
    package var actions: [CorporateAction]
    /// ISO 4217 code of the prices; nil when the response does not say. Parsers convert minor units such as pence.
    package var currency: String?
    /// The rows that broke a rule, once for each rule; of many that broke the same one the first thousand, and how many followed.
    package var flaggedRows: [FlaggedRow]
    /// How the prices in `bars` or `adjusted` are adjusted.
    package var basis = PriceBasis.asTraded
    /// Closed sessions of a provider that sends only adjusted prices, until `unadjusted(by:)` moves them to `bars`.
    package var adjusted: [Bar] = []
    package var intraday: [IntradayBar] = []
    package var quote: Quote?
    /// An operator's decision about rows of earlier responses; all other fields are empty then.
    package var manualOverride: ManualOverride?
    /// The token or address of the next page; nil on the last page.
    package var nextPage: String?

    package init(
        bars: [Bar] = [], provisional: [Bar] = [], actions: [CorporateAction] = [], currency: String? = nil, flaggedRows: [FlaggedRow] = []
    ) {
        self.bars = bars
        self.provisional = provisional
        self.actions = actions
        self.currency = currency
        self.flaggedRows = flaggedRows
    }

    /// A response that contains only a quote.
    package init(quote: Quote, currency: String?) {
        self.init(currency: currency)
        self.quote = quote
    }

    /// The response with its adjusted bars converted to as-traded prices (basis `unadjusted`).
    ///
    /// `actions` are all actions known when the response was fetched: prices adjusted for a split that is missing here stay wrong until the
    /// split is known. Bars whose as-traded figures do not fit are flagged. Provisional bars are as traded already.
    package func unadjusted(by actions: [CorporateAction]) -> ParsedResponse {
        guard !adjusted.isEmpty else { return self }
        var response = self
        let unadjusted = Adjustment.unadjusted(adjusted, basis: basis, actions: actions)
        response.bars = unadjusted.bars
        response.flaggedRows += unadjusted.refused.enumerated().map { FlaggedRow(doesNotFit: $1, ordinal: $0) }
        response.adjusted = []
        response.basis = .unadjusted
        return response
    }

    /// The response without its actions, which are flagged in one row; unchanged if it has none. `response` names the kind of response.
    func withoutActions(of response: String) -> ParsedResponse {
        guard let first = actions.first else { return self }
        let text = actions.map { "\($0.isSplit ? "split" : "dividend"),\($0.exDate)" }.joined(separator: ";")
        var rest = self
        rest.actions = []
        rest.flaggedRows.append(
            FlaggedRow(
                ordinal: 0, session: first.exDate, rule: ValidationRuleName.unusedActions,
                detail: "\(actions.count) actions are not used, because bringsOwnActions of \(response) is false", text: text))
        return rest
    }

    /// The response with prices that came without a currency converted to major units of the instrument's currency. Figures that do not fit
    /// are flagged.
    package func inMajorUnits(of instrument: Instrument) -> ParsedResponse {
        let unit = instrument.quoteUnit
        guard currency == nil, unit.minorPerMajor > 1 else { return self }
        let factor = PriceFactor(over: Double(unit.minorPerMajor))
        var response = self
        for bars in [\ParsedResponse.bars, \.adjusted, \.provisional] {
            response[keyPath: bars] = self[keyPath: bars].enumerated().compactMap { ordinal, bar in
                if let converted = bar.scaled(by: factor, shares: 1) { return converted }
                response.flaggedRows.append(FlaggedRow(doesNotFit: bar, ordinal: ordinal))
                return nil
            }
        }
        response.actions = actions.enumerated().compactMap { ordinal, action in
            guard case .dividend(let amount) = action.kind else { return action }
            if let amount = unit.inMajorUnits(amount) {
                return CorporateAction(exDate: action.exDate, kind: .dividend(amount), nature: action.nature)
            }
            response.flaggedRows.append(FlaggedRow(impossible: action, ordinal: ordinal))
            return nil
        }
        return response
    }

    /// The response with one action for each ex-date and kind. Actions that cannot be combined are flagged.
    package func combiningActions() -> ParsedResponse {
        let combined = CorporateAction.combined(actions)
        guard combined.actions.count != actions.count else { return self }
        var response = self
        response.actions = combined.actions
        response.flaggedRows += combined.refused.enumerated().map { FlaggedRow(impossible: $1, ordinal: $0) }
        return response
    }
}
