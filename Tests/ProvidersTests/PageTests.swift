import Market
import Providers
import Testing

/// Responses of Polygon, Alpaca and Twelve Data in pages, of several symbols, and of what is no share.
@Suite struct PageTests {
    private let asOf = Instant(seconds: 1_800_000_000)

    @Test(arguments: [
        // Midnight UTC, midnight New York in winter and in summer.
        ("X:BTCUSD", 1_577_836_800_000, "2020-01-01"), ("C:EURUSD", 1_577_836_800_000, "2020-01-01"),
        ("", 1_577_836_800_000, "2020-01-01"), ("AAPL", 1_577_941_200_000, "2020-01-02"), ("AAPL", 1_593_576_000_000, "2020-07-01"),
    ])
    func `Polygon's stamps are midnight in New York or UTC`(_ ticker: String, _ stamp: Int64, _ session: String) throws {
        let name = ticker.isEmpty ? "" : "\"ticker\":\"\(ticker)\","
        let body = "{\(name)\"resultsCount\":1,\"results\":[{\"t\":\(stamp),\"o\":1,\"h\":2,\"l\":1,\"c\":1.5,\"v\":3}]}"
        let polygon = PolygonAggregates(key: nil)
        #expect(polygon.error(in: [UInt8](body.utf8)) == nil)
        let response = try polygon.parse([UInt8](body.utf8), calendar: nil, asOf: asOf)
        #expect(response.bars.map(\.session.description) == [session])
        #expect(response.currency == "USD")
    }

    @Test func `A pair's prices are in its second currency`() throws {
        let polygon = #"{"ticker":"C:USDJPY","results":[{"t":1577836800000,"o":108,"h":109,"l":108,"c":108.5,"v":3}]}"#
        #expect(try PolygonAggregates(key: nil).parse([UInt8](polygon.utf8), calendar: nil, asOf: asOf).currency == "JPY")
        let twelve = """
            {"meta":{"symbol":"EUR/USD","interval":"1day","currency_base":"Euro","currency_quote":"US Dollar"},"status":"ok",
            "values":[{"datetime":"2020-01-02","open":"1.12","high":"1.13","low":"1.11","close":"1.117"}]}
            """
        let response = try TwelveDataSeries(key: nil).parse([UInt8](twelve.utf8), calendar: nil, asOf: asOf)
        #expect(response.currency == "USD" && response.adjusted.map(\.volume) == [0])
    }

    @Test func `Polygon's indices have no volume, and shares must have one`() throws {
        let body = { (ticker: String) in
            [UInt8]("{\"ticker\":\"\(ticker)\",\"results\":[{\"t\":1577941200000,\"o\":1,\"h\":2,\"l\":1,\"c\":1.5}]}".utf8)
        }
        #expect(try PolygonAggregates(key: nil).parse(body("I:SPX"), calendar: nil, asOf: asOf).bars.map(\.volume) == [0])
        #expect(try PolygonAggregates(key: nil).parse(body("AAPL"), calendar: nil, asOf: asOf).flaggedRows.count == 1)
        let rejected = PolygonAggregates(key: nil).error(in: [UInt8](#"{"status":"ERROR"}"#.utf8))
        #expect(rejected?.kind == .malformed)
    }

    private func bars(_ symbols: [String: [Double]], next: String) -> [UInt8] {
        let lists = symbols.sorted { $0.key < $1.key }.map { symbol, closes in
            let rows = closes.enumerated().map { index, close in
                "{\"t\":\"2022-06-0\(index + 8)T04:00:00Z\",\"o\":\(close),\"h\":\(close),\"l\":\(close),\"c\":\(close),\"v\":1}"
            }
            return "\"\(symbol)\":[\(rows.joined(separator: ","))]"
        }
        return [UInt8]("{\"bars\":{\(lists.joined(separator: ","))},\"next_page_token\":\(next)}".utf8)
    }

    @Test func `An empty page of Alpaca is not the last page`() throws {
        let alpaca = AlpacaBars(key: nil)
        for page in [bars(["AAPL": []], next: "\"more\""), bars([:], next: "\"more\"")] {
            #expect(alpaca.error(in: page) == nil)
            let response = try alpaca.parse(page, calendar: nil, asOf: asOf)
            #expect(response.nextPage == "more" && response.bars.isEmpty && response.flaggedRows.isEmpty)
        }
        #expect(alpaca.error(in: bars(["AAPL": []], next: "null"))?.kind == .emptyRange)
        #expect(alpaca.error(in: bars([:], next: "null"))?.kind == .unknownSymbol)
    }

    @Test func `A page of several symbols is rejected`() throws {
        let page = bars(["AAPL": [140, 141], "NIO": [20]], next: "null")
        #expect(throws: ProviderError.self) { try AlpacaBars(key: nil).parse(page, calendar: nil, asOf: asOf) }
        let single = try AlpacaBars(key: nil).parse(bars(["AAPL": [140, 141], "NIO": []], next: "null"), calendar: nil, asOf: asOf)
        #expect(single.bars.count == 2)
    }

    @Test(arguments: [
        ("bars-1d", "feed=iex", "timeframe=1Day"), ("bars-1d-sip", "feed=sip", "timeframe=1Day"),
        ("bars-15min-delayed_sip", "feed=delayed_sip", "timeframe=15Min"), ("bars-5min", "feed=iex", "timeframe=5Min"),
    ])
    func `Alpaca's feed is part of the kind`(_ kind: String, _ feed: String, _ span: String) throws {
        let alpaca = try #require(ProviderCatalog.provider(named: "alpaca", kind: kind))
        #expect(alpaca.kind == kind)
        let url = alpaca.request(symbol: "AAPL", from: nil, asOf: asOf).url
        #expect(url.contains(feed + "&") && url.contains(span + "&"))
        #expect(ProviderCatalog.provider(named: "alpaca")?.kind == "bars-1d")
    }

    private func series(_ count: Int, ending: String = "2020-01-31") throws -> String {
        let last = try #require(SessionDate(ending))
        let values = (0..<count).map {
            "{\"datetime\":\"\(last.advanced(by: -$0))\",\"open\":\"1\",\"high\":\"1\",\"low\":\"1\",\"close\":\"1\",\"volume\":\"5\"}"
        }
        return "{\"meta\":{\"symbol\":\"A\",\"interval\":\"1day\"},\"values\":[\(values.joined(separator: ","))],\"status\":\"ok\"}"
    }

    @Test func `A full response of Twelve Data has an older page`() throws {
        let provider = TwelveDataSeries(key: "SECRETKEY99")
        #expect(provider.hasPages)
        let full = try provider.parse([UInt8](try series(5000).utf8), calendar: nil, asOf: asOf)
        let page = try #require(full.nextPage)
        #expect(page == full.adjusted.first?.session.description)
        let next = try #require(provider.nextRequest(after: page, symbol: "A", from: nil, asOf: asOf))
        #expect(next.url.hasSuffix("&outputsize=5000&timezone=Exchange&end_date=\(page)") && !next.url.contains("SECRET"))
        #expect(try provider.parse([UInt8](try series(4999).utf8), calendar: nil, asOf: asOf).nextPage == nil)
    }

    @Test func `Twelve Data reports no data on the dates as an empty range`() {
        let words = "No data is available on the specified dates. Try setting different start/end dates."
        let text = "{\"code\":400,\"message\":\"\(words)\",\"status\":\"error\"}"
        #expect(TwelveDataSeries(key: nil).error(in: [UInt8](text.utf8))?.kind == .emptyRange)
    }

    @Test func `Several symbols of Twelve Data are rejected and a single one is read`() throws {
        let missing = #"{"code":404,"message":"symbol not found","status":"error"}"#
        let body = [UInt8]("{\"A\":\(try series(3)),\"B\":\(missing)}".utf8)
        let provider = TwelveDataSeries(key: nil)
        let error = provider.error(in: body)
        #expect(error?.kind == .malformed && error?.detail.contains("A, B") == true)
        #expect(provider.error(in: [UInt8]("{\"B\":\(missing)}".utf8))?.kind == .unknownSymbol)
        #expect(try provider.parse([UInt8]("{\"A\":\(try series(3))}".utf8), calendar: nil, asOf: asOf).adjusted.count == 3)
    }
}
