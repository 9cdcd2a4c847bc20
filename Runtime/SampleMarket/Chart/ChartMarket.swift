import Market

/// Answers chart queries from the sample prices. Pure: the query's end is the present, and equal queries give equal bytes.
package struct ChartMarket: Sendable {
    private let catalog: SampleCatalog

    package init(_ catalog: SampleCatalog) { self.catalog = catalog }

    /// `symbol`, also a synthetic one (`SYN00001` …), as a client spells it; case does not matter.
    package func answer(symbol: String, _ query: ChartQuery) -> ChartAnswer {
        guard let series = catalog[symbol.uppercased()] ?? SyntheticSeries.named(symbol.uppercased()),
            let calendar = TradingCalendar.of(mic: series.instrument.exchange)
        else {
            return .refusal(404, "Not Found", "No data found, symbol may be delisted")
        }
        return ChartBody(series: series, query: query, hours: SessionHours(calendar: calendar)).answer()
    }
}
