package import Market

/// What an answer says, in session order.
package struct ProviderAnswer: Sendable {
    /// Sessions that had closed, as traded.
    package var bars: [Bar]
    /// Sessions that had not: never to become features.
    package var provisional: [Bar]
    package var actions: [CorporateAction]
    /// ISO 4217 code of the prices (subunits such as pence are converted); nil when the answer does not say.
    package var currency: String?
    /// One entry for each rule that a row broke.
    package var rejected: [RejectedRow]
    /// Where `bars` come from. Bars that a provider gives only adjusted are in `adjusted` and not in `bars`.
    package var basis = PriceBasis.asTraded
    /// Closed sessions as an adjusting provider sends them, until `asTraded(knowing:)` brings them back; empty with others.
    package var adjusted: [Bar] = []
    package var intraday: [IntradayBar] = []
    package var quote: Quote?
    /// In place of all else, what an operator says of rows that came before.
    package var word: OperatorWord?
    /// What asks for the next page; nil on the last one.
    package var nextPage: String?

    package init(
        bars: [Bar] = [], provisional: [Bar] = [], actions: [CorporateAction] = [], currency: String? = nil, rejected: [RejectedRow] = []
    ) {
        self.bars = bars
        self.provisional = provisional
        self.actions = actions
        self.currency = currency
        self.rejected = rejected
    }

    /// The answer with adjusted bars brought back to as traded by the actions known when it was fetched, marked by its `basis`: a split
    /// that the provider knew and the caller does not would leave them wrong. Provisional bars are today's and as traded already.
    package func asTraded(knowing actions: [CorporateAction]) -> ProviderAnswer {
        guard !adjusted.isEmpty else { return self }
        var answer = self
        answer.bars = Adjustment.asTraded(adjusted, basis: basis, actions: actions)
        answer.adjusted = []
        answer.basis = .unadjusted
        return answer
    }
}
