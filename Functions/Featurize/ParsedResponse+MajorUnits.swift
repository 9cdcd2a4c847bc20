import Market
import Providers

extension ProviderAnswer {
    /// Prices that come without a currency, in whole units of the instrument's.
    func inWholes(of instrument: Instrument) -> ProviderAnswer {
        let perWhole = instrument.quotedUnitsPerWhole
        guard currency == nil, perWhole > 1 else { return self }
        let whole = { (price: Price) in Price(units: price.units / perWhole) }
        let bar = { (bar: Bar) in
            Bar(
                session: bar.session, open: whole(bar.open), high: whole(bar.high), low: whole(bar.low), close: whole(bar.close),
                volume: bar.volume)
        }
        var response = self
        response.bars = bars.map(bar)
        response.adjusted = adjusted.map(bar)
        response.provisional = provisional.map(bar)
        response.actions = actions.map { action in
            guard case .dividend(let amount) = action.kind else { return action }
            return CorporateAction(exDate: action.exDate, kind: .dividend(whole(amount)), nature: action.nature)
        }
        return response
    }
}
