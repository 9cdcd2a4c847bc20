import Market
import Providers
import SampleMarket
import Testing

/// Parses the sample market's responses with the provider's code and compares the bars with the sample prices.
@Suite struct RoundTripTests {
    @Test(arguments: ["AAPL", "FB", "GOOG", "IBM", "MSFT"], ["2000-06-21T20:00:00Z", "2004-12-31T23:30:00Z", "2013-03-02T05:00:00Z"])
    func `Every bar and action is parsed back as traded`(symbol: String, time: String) throws {
        let series = try #require(try SampleData.catalog.get()[symbol])
        let calendar = try #require(TradingCalendar.of(mic: series.instrument.exchange))
        let asOf = try #require(Instant(time))
        let closed = series.bars.filter { calendar.close(of: $0.session) <= asOf }
        let response = SampleMarketService(try SampleData.catalog.get()).response(symbol: symbol, ChartQuery(from: 0, to: asOf.seconds))
        let provider = YahooChart()
        let body = Array(response.body.utf8)
        guard !closed.isEmpty else {
            #expect(provider.error(in: body, status: response.status)?.kind.name == "empty-range")
            return
        }
        #expect(provider.error(in: body, status: response.status) == nil)
        let parsed = try provider.parse(body, calendar: calendar, asOf: asOf)
        #expect(parsed.bars.map(\.session) == closed.map(\.session))
        #expect(parsed.bars.map(\.volume) == closed.map(\.volume))
        // Yahoo's single precision cannot tell 806.1999 from 806.2; everywhere else the figures are the same.
        let others = zip(parsed.bars, closed).filter { $0 != $1 }
        #expect(others.allSatisfy { $0.close.double > 512 && abs($0.close.double - $1.close.double) < 1.01e-4 })
        #expect(others.count <= 5)
        #expect(parsed.actions == series.actions.filter { calendar.open(of: $0.exDate) < asOf })
        #expect(parsed.provisional.isEmpty)
        #expect(parsed.flaggedRows.isEmpty)
        #expect(parsed.currency == "USD")
    }

    @Test func `The provider classifies an unknown symbol`() throws {
        let response = SampleMarketService(try SampleData.catalog.get()).response(symbol: "NOSUCH", ChartQuery(from: 0, to: 1_362_200_400))
        let error = YahooChart().error(in: Array(response.body.utf8), status: response.status)
        #expect(error?.kind.name == "unknown-symbol")
    }
}
