import Foundation
import Market
import SampleMarket
import Testing

@Suite struct ChartTests {
    private func chart(_ symbol: String, from: String, to: String) throws -> (status: Int, chart: Chart, body: String) {
        let market = SampleMarketService(try SampleData.catalog.get())
        let query = try ChartQuery(from: #require(Instant(from)).seconds, to: #require(Instant(to)).seconds)
        let response = market.response(symbol: symbol, query)
        return (response.status, try JSONDecoder().decode(Chart.self, from: Data(response.body.utf8)), response.body)
    }

    @Test func `Prices are adjusted only for past splits`() throws {
        let closes = try ["2000-06-21T13:00:00Z", "2000-06-21T14:00:00Z", "2000-07-01T00:00:00Z", "2005-03-01T00:00:00Z"].map {
            try #require(try chart("AAPL", from: "2000-03-01T00:00:00Z", to: $0).chart.chart.result?[0].indicators.quote[0].close?[0])
        }
        let expected = [130.31, 65.155, 65.155, 32.5775]
        #expect(zip(closes, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func `A split has the time of its open and multiplies earlier volumes`() throws {
        let outcome = try #require(try chart("AAPL", from: "2005-02-25T00:00:00Z", to: "2005-03-01T00:00:00Z").chart.chart.result?[0])
        let split = try #require(outcome.events?.splits?.values.first)
        #expect(split.date == outcome.timestamp?[1])
        #expect(split.splitRatio == "2:1")
        let bar = try #require(try SampleData.catalog.get()["AAPL"]?.bars.first { "\($0.session)" == "2005-02-25" })
        #expect(outcome.indicators.quote[0].volume?[0] == bar.volume * 2)
    }

    @Test func `A session in progress has no bar`() throws {
        let open = try chart("IBM", from: "2012-01-03T00:00:00Z", to: "2012-01-04T20:59:59Z").chart.chart.result?[0].timestamp
        let closed = try chart("IBM", from: "2012-01-03T00:00:00Z", to: "2012-01-04T21:00:00Z").chart.chart.result?[0].timestamp
        #expect(open?.count == 1)
        #expect(closed == [1_325_601_000, 1_325_687_400])
    }

    @Test func `The adjusted close follows Yahoo's dividend rule`() throws {
        let outcome = try #require(try chart("MSFT", from: "2012-11-12T00:00:00Z", to: "2012-11-14T00:00:00Z").chart.chart.result?[0])
        let close = try #require(outcome.indicators.quote[0].close?[0])
        let adjusted = try #require(outcome.indicators.adjclose[0].adjclose?[0])
        #expect(abs(adjusted - close * (1 - 0.23 / close)) < 1e-5)
        #expect(outcome.events?.dividends?.values.map(\.amount) == [0.23])
    }

    @Test func `The response has no data after the query's end`() throws {
        let early = try chart("GOOG", from: "2004-08-01T00:00:00Z", to: "2004-09-01T00:00:00Z")
        let outcome = try #require(early.chart.chart.result?[0])
        #expect(outcome.timestamp?.allSatisfy { $0 < 1_093_996_800 } == true)
        #expect(outcome.meta.regularMarketTime < 1_093_996_800)
        #expect(try chart("GOOG", from: "2004-08-01T00:00:00Z", to: "2004-09-01T00:00:00Z").body == early.body)
    }

    @Test func `An unknown symbol is status 404`() throws {
        let response = try chart("NOSUCH", from: "2012-01-01T00:00:00Z", to: "2012-02-01T00:00:00Z")
        #expect(response.status == 404)
        #expect(response.chart.chart.error?.code == "Not Found")
    }

    @Test func `A range before the listing is empty`() throws {
        let response = try chart("FB", from: "2011-01-01T00:00:00Z", to: "2011-12-30T23:00:00Z")
        #expect(response.status == 400)
        #expect(response.chart.chart.error?.description == "Data doesn't exist for startDate = 1293840000, endDate = 1325286000")
    }

    @Test func `A weekend is a response without rows`() throws {
        let response = try chart("AAPL", from: "2012-01-07T00:00:00Z", to: "2012-01-09T00:00:00Z")
        #expect(response.status == 200)
        #expect(response.chart.chart.result?[0].timestamp == nil)
        #expect(response.chart.chart.result?[0].indicators.quote[0].close == nil)
    }

    @Test func `The server serves HTTP on loopback and releases the port`() async throws {
        let market = SampleMarketService(try SampleData.catalog.get())
        let server = try await ChartServer.start(market)
        let path = "/v8/finance/chart/aapl?period1=1325548800&period2=1325808000&interval=1d&events=div%7Csplit"
        let (data, status) = try await fetch("http://127.0.0.1:\(server.port)\(path)")
        #expect(status == 200)
        #expect(try JSONDecoder().decode(Chart.self, from: data).chart.result?[0].timestamp?.count == 3)
        #expect(
            String(decoding: data, as: UTF8.self)
                == market.response(symbol: "AAPL", ChartQuery(from: 1_325_548_800, to: 1_325_808_000)).body)
        await server.stop()
        let again = try await ChartServer.start(market, port: server.port)
        await again.stop()
    }
}
