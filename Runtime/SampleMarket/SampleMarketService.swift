import Market

/// Responds to chart queries with the sample prices. The query's end is the present, so equal queries have equal responses.
package struct SampleMarketService: Sendable {
    private let catalog: SampleCatalog

    package init(_ catalog: SampleCatalog) { self.catalog = catalog }

    /// The response for a symbol of the sample prices or a synthetic one (`SYN00001` …), in upper or lower case.
    package func response(symbol: String, _ query: ChartQuery) -> ChartResponse {
        guard let series = catalog[symbol.uppercased()] ?? SyntheticSeries.named(symbol.uppercased()),
            let calendar = TradingCalendar.of(mic: series.instrument.exchange)
        else {
            return .error(404, "Not Found", "No data found, symbol may be delisted")
        }
        return ChartDocument(series: series, query: query, hours: SessionHours(calendar: calendar)).response()
    }
}
