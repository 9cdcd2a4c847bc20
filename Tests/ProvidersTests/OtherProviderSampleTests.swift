import Foundation
import Market
import Providers
import TestVectors
import Testing

/// A recorded response, and the result expected of it; of the providers beside Yahoo and Alpha Vantage's daily functions.
struct ProviderSample: Sendable, CustomTestStringConvertible {
    let file: String
    let provider: String
    let kind: String
    var asOf = "2026-11-01T00:00:00Z"
    var bars = 0
    var adjusted = 0
    var intraday = 0
    var provisional = 0
    var actions = 0
    var flaggedRows = 0
    var quote: String? = nil
    var last: (session: String, close: String)? = nil
    var error: String? = nil
    var interaction = 0
    var testDescription: String { "\(file) as \(provider)/\(kind)" }

    static let all = [
        ProviderSample(
            file: "tiingo/ticker_price.yaml", provider: "tiingo", kind: "daily", bars: 1, last: ("2018-04-12", "1037.29")),
        ProviderSample(
            file: "tiingo/ticker_price.yaml", provider: "tiingo", kind: "daily", asOf: "2018-04-12T19:00:00Z", provisional: 1),
        ProviderSample(
            file: "tiingo/ticker_price_with_multiple_columns.yaml", provider: "tiingo", kind: "daily", bars: 1,
            last: ("2024-10-22", "165.14")),
        ProviderSample(
            file: "tiingo/ticker_price_pandas_daily_equivalent_requesting_json_or_csv.yaml", provider: "tiingo", kind: "daily", bars: 10,
            last: ("2018-01-19", "1143.5")),
        ProviderSample(
            file: "tiingo/ticker_price_pandas_daily_equivalent_requesting_json_or_csv.yaml", provider: "tiingo", kind: "daily", bars: 10,
            last: ("2018-01-19", "1143.5"), interaction: 1),
        ProviderSample(file: "tiingo/intraday_price.yaml", provider: "tiingo", kind: "intraday-30min", intraday: 13),
        ProviderSample(file: "tiingo/ticker_metadata.yaml", provider: "tiingo", kind: "daily", error: "malformed"),
        ProviderSample(
            file: "polygon-massive/aggs-AAPL-1-day-2005-04.json", provider: "polygon", kind: "aggregates-1d", adjusted: 2,
            last: ("2005-04-04", "1.4675")),
        ProviderSample(
            file: "polygon-massive/openapi-example-aggs-with-next_url.json", provider: "polygon", kind: "aggregates-1d", adjusted: 2,
            last: ("2020-01-03", "74.3575")),
        ProviderSample(file: "polygon-massive/splits.json", provider: "polygon", kind: "splits", actions: 10),
        ProviderSample(file: "polygon-massive/dividends.json", provider: "polygon", kind: "dividends", actions: 10),
        ProviderSample(file: "polygon-massive/marketstatus-now.json", provider: "polygon", kind: "aggregates-1d", error: "malformed"),
        ProviderSample(
            file: "polygon-massive/marketstatus-upcoming.json", provider: "polygon", kind: "aggregates-1d", error: "malformed"),
        ProviderSample(file: "polygon-massive/open-close-AAPL.json", provider: "polygon", kind: "aggregates-1d", error: "malformed"),
        ProviderSample(file: "alpaca/bars-page1.json", provider: "alpaca", kind: "bars-1d", bars: 2, last: ("2022-06-09", "184")),
        ProviderSample(file: "alpaca/bars-page2.json", provider: "alpaca", kind: "bars-1d", bars: 2, last: ("2022-06-13", "164.26")),
        ProviderSample(file: "alpaca/bars-15min.json", provider: "alpaca", kind: "bars-15min", intraday: 5),
        ProviderSample(file: "alpaca/corporate-actions.json", provider: "alpaca", kind: "corporate-actions", actions: 2, flaggedRows: 13),
        ProviderSample(file: "alpaca/trades-page.json", provider: "alpaca", kind: "bars-1d", error: "malformed"),
        ProviderSample(file: "alpaca/snapshot.json", provider: "alpaca", kind: "bars-1d", error: "malformed"),
        ProviderSample(file: "twelvedata/time_series-AAPL-1min.json", provider: "twelvedata", kind: "series-1min", intraday: 1),
        ProviderSample(file: "twelvedata/quote-AAPL.json", provider: "twelvedata", kind: "quote", quote: "148.85001"),
        ProviderSample(file: "twelvedata/error-401.json", provider: "twelvedata", kind: "series-1day", error: "bad-key"),
        ProviderSample(file: "twelvedata/market_state.json", provider: "twelvedata", kind: "series-1day", error: "malformed"),
        ProviderSample(file: "stooq/daily-en.csv", provider: "stooq", kind: "daily", adjusted: 2, last: ("2000-05-02", "1446.29")),
        ProviderSample(
            file: "stooq/daily-pl-no-volume.csv", provider: "stooq", kind: "daily", adjusted: 1, last: ("1971-01-04", "357.73")),
        ProviderSample(
            file: "iex-retired/ChartOneMonthResponse.json", provider: "iex", kind: "chart", adjusted: 1, last: ("2018-02-01", "167.78")),
        ProviderSample(
            file: "iex-retired/PreviousResponse.json", provider: "iex", kind: "chart", bars: 1, last: ("2017-11-16", "188.74")),
        ProviderSample(file: "iex-retired/IntradayPricesResponse.json", provider: "iex", kind: "intraday", intraday: 1),
        ProviderSample(file: "iex-retired/DividendsResponse.json", provider: "iex", kind: "dividends", actions: 1),
        ProviderSample(file: "iex-retired/SplitsResponse.json", provider: "iex", kind: "splits", actions: 1),
        ProviderSample(file: "iex-retired/QuoteResponse.json", provider: "iex", kind: "quote", quote: "170.39"),
        ProviderSample(
            file: "alphavantage/TIME_SERIES_INTRADAY_1min_2017.json", provider: "alphavantage", kind: "intraday-1min", intraday: 100),
        ProviderSample(file: "alphavantage/GLOBAL_QUOTE.csv", provider: "alphavantage", kind: "quote", quote: "219.3"),
        ProviderSample(file: "alphavantage/GLOBAL_QUOTE_msft_2018.json", provider: "alphavantage", kind: "quote", quote: "112.13"),
        ProviderSample(file: "alphavantage/SPLITS.csv", provider: "alphavantage", kind: "splits", actions: 2),
        ProviderSample(file: "alphavantage/DIVIDENDS.csv", provider: "alphavantage", kind: "dividends", actions: 110),
    ]
}

@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set")) struct OtherProviderSampleTests {
    private static let folder = "contracts/market-data/"

    @Test(arguments: ProviderSample.all) func `Every recorded response parses as expected`(_ sample: ProviderSample) throws {
        let body = try Vectors.recorded(Self.folder + sample.file, interaction: sample.interaction)
        let provider = try #require(ProviderCatalog.provider(named: sample.provider, kind: sample.kind))
        #expect(provider.kind == sample.kind)
        let asOf = try #require(Instant(sample.asOf))
        #expect(provider.error(in: body)?.kind.name == sample.error)
        guard sample.error == nil else { return }
        let calendar = sample.provider == "stooq" ? nil : TradingCalendar.of(mic: "XNAS")
        let response = try provider.parse(body, calendar: calendar, asOf: asOf)
        #expect(response.bars.count == sample.bars)
        #expect(response.adjusted.count == sample.adjusted)
        #expect(response.intraday.count == sample.intraday)
        #expect(response.provisional.count == sample.provisional)
        #expect(response.actions.count == sample.actions)
        #expect(response.flaggedRows.count == sample.flaggedRows)
        #expect(response.quote?.price.description == sample.quote)
        #expect((response.bars.last ?? response.adjusted.last)?.session.description == sample.last?.session)
        #expect((response.bars.last ?? response.adjusted.last)?.close.description == sample.last?.close)
    }

    @Test func `Every recorded exchange is in the table`() throws {
        for file in Set(ProviderSample.all.map(\.file)) where file.hasSuffix(".yaml") {
            let interactions = Set(ProviderSample.all.filter { $0.file == file }.map(\.interaction))
            #expect(interactions == Set(try Vectors.interactions(Self.folder + file).indices), "\(file)")
        }
    }

    @Test(arguments: [
        ("tiingo", "tiingo/error-bodies.json", ["unknown-symbol", "rate-limited", "bad-key", "empty-range"]),
        ("polygon", "polygon-massive/error-bodies.json", ["rate-limited", "premium", "bad-key", "unknown-symbol"]),
        ("alpaca", "alpaca/error-bodies.json", ["premium", "rate-limited", "bad-key", "unknown-symbol"]),
        ("twelvedata", "twelvedata/http-200-errors.json", ["rate-limited", "unknown-symbol"]),
        ("stooq", "stooq/http-200-non-csv-bodies.json", ["unknown-symbol", "daily-quota", "unknown-symbol", "blocked"]),
    ])
    func `Every published error has its kind`(_ name: String, _ file: String, _ kinds: [String]) throws {
        let provider = try #require(ProviderCatalog.provider(named: name))
        let errors = try Vectors.errors(Self.folder + file).map { provider.error(in: $0.body, status: $0.status) }
        #expect(errors.map { $0?.kind.name ?? "none" } == kinds)
    }

    @Test func `Finnhub's quotes and candles are distinguished from its errors`() throws {
        let list = try #require(
            try JSONSerialization.jsonObject(with: Data(Vectors.bytes(Self.folder + "finnhub/candle-and-quote.json"))) as? [[String: Any]])
        let kinds = try list.map { entry in
            let kind = entry["path"] as? String == "/quote" ? "quote" : "candles-1d"
            let provider = try #require(ProviderCatalog.provider(named: "finnhub", kind: kind))
            let body = [UInt8](try JSONSerialization.data(withJSONObject: try #require(entry["body"])))
            return provider.error(in: body, status: try #require(entry["status"] as? Int))?.kind.name ?? "data"
        }
        #expect(kinds == ["data", "empty-range", "premium", "data", "unknown-symbol", "rate-limited", "bad-key"])
    }

    @Test func `A page of several symbols is rejected`() throws {
        let asOf = try #require(Instant("2026-11-01T00:00:00Z"))
        let alpaca = AlpacaBars(key: nil, minutes: 1)
        let body = try Vectors.bytes(Self.folder + "alpaca/latest-bars.json")
        let error = #expect(throws: ProviderError.self) { try alpaca.parse(body, calendar: nil, asOf: asOf) }
        #expect(error?.kind == .malformed && error?.detail.contains("AAPL") == true && error?.detail.contains("NIO") == true)
    }

    @Test func `Pages are followed without the key in any address`() throws {
        let asOf = try #require(Instant("2026-11-01T00:00:00Z"))
        let polygon = PolygonAggregates(baseURL: "http://127.0.0.1:1", key: "SECRETKEY99")
        let body = try Vectors.bytes(Self.folder + "polygon-massive/openapi-example-aggs-with-next_url.json")
        let page = try #require(try polygon.parse(body, calendar: nil, asOf: asOf).nextPage)
        let next = try #require(polygon.nextRequest(after: page, symbol: "AAPL", from: nil, asOf: asOf))
        #expect(next.url == "http://127.0.0.1:1/v2/aggs/ticker/AAPL/range/1/day/1578114000000/2020-01-10?cursor=bGltaXQ9MiZzb3J0PWFzYw")
        #expect(next.headers.contains { $0.name == "Authorization" && $0.value == "Bearer SECRETKEY99" })
        let alpaca = AlpacaBars(key: "ID:SECRET")
        let token = try #require(
            try alpaca.parse(Vectors.bytes(Self.folder + "alpaca/bars-page1.json"), calendar: nil, asOf: asOf).nextPage)
        let second = try #require(alpaca.nextRequest(after: token, symbol: "META", from: nil, asOf: asOf))
        #expect(second.url.hasSuffix("&page_token=TUVUQXxEfDIwMjItMDYtMDlUMDQ6MDA6MDAuMDAwMDAwMDAwWg%3D%3D"))
        #expect(!second.url.contains("SECRET"))
    }
}
