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
    /// The rows that broke a rule, once for each rule.
    package var flaggedRows: [FlaggedRow]
    /// The number of further rows that broke a rule; the first thousand of a rule are in `flaggedRows`.
    package var omittedRows = 0
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
    /// split is known. Provisional bars are as traded already.
    package func unadjusted(by actions: [CorporateAction]) -> ParsedResponse {
        guard !adjusted.isEmpty else { return self }
        var response = self
        response.bars = Adjustment.unadjusted(adjusted, basis: basis, actions: actions)
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

    /// The response with prices that came without a currency converted to major units of the instrument's currency.
    package func inMajorUnits(of instrument: Instrument) -> ParsedResponse {
        let unit = instrument.quoteUnit
        guard currency == nil, unit.minorPerMajor > 1 else { return self }
        let bar = { (bar: Bar) in
            Bar(
                session: bar.session, open: unit.inMajorUnits(bar.open), high: unit.inMajorUnits(bar.high), low: unit.inMajorUnits(bar.low),
                close: unit.inMajorUnits(bar.close), volume: bar.volume)
        }
        var response = self
        response.bars = bars.map(bar)
        response.adjusted = adjusted.map(bar)
        response.provisional = provisional.map(bar)
        response.actions = actions.map { action in
            guard case .dividend(let amount) = action.kind else { return action }
            return CorporateAction(exDate: action.exDate, kind: .dividend(unit.inMajorUnits(amount)), nature: action.nature)
        }
        return response
    }
}
