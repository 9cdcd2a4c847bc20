import Market
import Providers
import Testing

/// Responses of Alpha Vantage about pairs, quotes that are late, and series that are none of days.
@Suite struct AlphaVantageFormTests {
    private let asOf = Instant(seconds: 1_800_000_000)
    private let provider = AlphaVantageDaily(key: "SECRETKEY99")

    private func parse(_ text: String) throws -> ParsedResponse {
        try provider.parse([UInt8](text.utf8), calendar: nil, asOf: asOf)
    }

    private func error(_ text: String) -> ProviderError? { provider.error(in: [UInt8](text.utf8)) }

    @Test func `A pair of currencies has no volume`() throws {
        let response = try parse(
            """
            {"Meta Data":{"2. From Symbol":"EUR","3. To Symbol":"USD","5. Last Refreshed":"2020-01-03 21:55:00","6. Time Zone":"UTC"},
            "Time Series FX (Daily)":{"2020-01-02":{"1. open":"1.1211","2. high":"1.1225","3. low":"1.1162","4. close":"1.1171"}}}
            """)
        #expect(response.bars.map(\.close.description) == ["1.1171"] && response.bars[0].volume == 0 && response.currency == "USD")
    }

    @Test(arguments: [
        #""1. open":"7200.1","2. high":"7300","3. low":"6900.5","4. close":"6985.47","5. volume":"21000.5""#,
        """
        "1a. open (EUR)":"7200.1","1b. open (USD)":"8000","2a. high (EUR)":"7300","2b. high (USD)":"8200","3a. low (EUR)":"6900.5",
        "3b. low (USD)":"7700","4a. close (EUR)":"6985.47","4b. close (USD)":"7800","5. volume":"21000.5","6. market cap (USD)":"1"
        """,
    ])
    func `Crypto prices are in the requested currency`(_ fields: String) throws {
        let response = try parse(
            "{\"Meta Data\":{\"2. Digital Currency Code\":\"BTC\",\"4. Market Code\":\"EUR\",\"7. Time Zone\":\"UTC\"},"
                + "\"Time Series (Digital Currency Daily)\":{\"2020-01-02\":{\(fields)}}}")
        #expect(
            response.bars.map { [$0.open, $0.high, $0.low, $0.close].map(\.description) } == [["7200.1", "7300", "6900.5", "6985.47"]])
        #expect(response.bars.map(\.volume) == [21000.5] && response.currency == "EUR")
    }

    @Test func `Pairs are requested by functions of their own`() throws {
        let url = { (symbol: String) in provider.request(symbol: symbol, from: SessionDate("2026-12-01"), asOf: asOf).storedURL }
        #expect(url("EUR/USD").hasSuffix("function=FX_DAILY&from_symbol=EUR&to_symbol=USD&outputsize=compact&datatype=json"))
        #expect(url("BTC/USD").hasSuffix("function=DIGITAL_CURRENCY_DAILY&symbol=BTC&market=USD&datatype=json"))
        #expect(url("BRK-B").hasSuffix("function=TIME_SERIES_DAILY&symbol=BRK-B&outputsize=compact&datatype=json"))
    }

    @Test func `A series without rows is an empty range`() {
        #expect(error(#"{"Meta Data":{"2. Symbol":"IBM"},"Time Series (Daily)":{}}"#)?.kind == .emptyRange)
        #expect(error("timestamp,open,high,low,close,volume\r\n")?.kind == .emptyRange)
        #expect(error(#"{"Global Quote":{}}"#)?.kind == .unknownSymbol)
    }

    @Test(arguments: [
        // Days between the newest row, of a week or month that goes on, and each older one.
        ([2, 7, 7, 6, 8, 7, 7, 7, 5, 9, 7], true), ([3, 31, 28, 31, 32, 29, 30, 28, 33, 31, 31], true),
        ([2, 7, 7, 6, 8, 7, 7, 7, 5, 9], false), ([7, 7, 7, 7, 7, 7, 14, 7, 7, 7, 7, 7], false),
        ([7, 7, 7, 7, 7, 7, 4, 7, 7, 7, 7, 7], false),
        ([1, 1, 1, 3, 1, 1, 1, 1, 3, 1, 1, 1], false), ([31, 31, 7, 31, 31, 31, 31, 31, 31, 31, 31], false),
    ])
    func `Weekly and monthly series are rejected`(_ gaps: [Int], _ isRefused: Bool) {
        var days = [SessionDate(year: 2020, month: 2, day: 19)]
        for gap in gaps { days.append(days[days.count - 1].advanced(by: -gap)) }
        let csv = "timestamp,open,high,low,close,volume\n" + days.map { "\($0),1,1,1,1,1\n" }.joined()
        #expect(error(csv)?.kind == (isRefused ? .malformed : nil))
    }

    @Test func `Intraday series are rejected`() {
        let csv = { (stamps: [String]) in "timestamp,open,high,low,close,volume\n" + stamps.map { "\($0),1,1,1,1,1\n" }.joined() }
        let rejected = error(csv(["2020-02-14 15:45:00", "2020-02-14 15:30:00"]))
        #expect(rejected?.kind == .malformed && rejected?.detail.hasPrefix("rows within a day, not of days") == true)
        #expect(error(csv(["2020-02-14 00:00:00", "2020-02-13 00:00:00", "2020-02-13 00:00:00"])) == nil)
    }

    @Test func `A delayed quote is a quote`() throws {
        let body = #"{"Global Quote - DATA DELAYED BY 15 MINUTES":{"01. symbol":"IBM","05. price":" 1,234.50 ","06. volume":"3,100"}}"#
        let quote = try AlphaVantageQuote(key: nil).parse([UInt8](body.utf8), calendar: nil, asOf: asOf).quote
        #expect(quote?.price == Price(1234.5)! && quote?.volume == 3100)
    }

    @Test func `A coefficient that is no usual split ratio is a spin-off`() throws {
        let row = { (day: String, ratio: String) in
            let figures = ["1. open", "2. high", "3. low", "4. close", "6. volume"].map { "\"\($0)\":\"1\"," }.joined()
            return "\"\(day)\":{\(figures)\"8. split coefficient\":\"\(ratio)\"}"
        }
        let body = "{\"Time Series (Daily)\":{\(row("2021-11-05", "2.0")),\(row("2021-11-04", "1.046"))}}"
        let response = try AlphaVantageDaily(key: nil, adjusted: true).parse([UInt8](body.utf8), calendar: nil, asOf: asOf)
        #expect(response.actions.map(\.nature) == [.spinOff, .ordinary])
    }
}

/// JSON that is almost what it should be.
@Suite struct LooseNumberTests {
    private let asOf = Instant(seconds: 1_800_000_000)

    @Test func `Numbers in text may have blanks and thousands separators`() throws {
        let body = """
            {"meta":{"interval":"1day"},"values":[{"datetime":"2020-01-02","open":" 1,234.50","high":"1,300","low":"1,200.0 ","close":"1250",
            "volume":"12,345,678"},{"datetime":"2020-01-03","open":"12,34","high":"1","low":"1","close":"1","volume":"1"}],"status":"ok"}
            """
        let response = try TwelveDataSeries(key: nil).parse([UInt8](body.utf8), calendar: nil, asOf: asOf)
        #expect(response.adjusted.map(\.open.description) == ["1234.5"] && response.adjusted[0].volume == 12_345_678)
        #expect(response.flaggedRows.map(\.rule) == [ValidationRuleName.nullField] && response.flaggedRows[0].detail == "open")
    }

    @Test(arguments: ["NaN", "Infinity", "-Infinity", "null"]) func `A value that is no number flags its own row alone`(
        _ word: String
    ) throws {
        var chart = ChartBody(stamps: [1_325_601_000, 1_325_687_400])
        for name in ["open", "high", "low", "volume"] { chart.columns[name] = ["10", "10"] }
        chart.columns["close"] = [word, "10"]
        let response = try YahooChart().parse(chart.bytes, calendar: nil, asOf: asOf)
        #expect(response.bars.count == 1 && response.flaggedRows.map(\.rule) == [ValidationRuleName.nullField])
    }

    @Test(arguments: ["Nan", "Inf", "-", "--1", "nul", "1.", "01"]) func `Other literals are malformed`(_ word: String) {
        var chart = ChartBody(stamps: [1_325_601_000])
        chart.columns = ["close": [word]]
        #expect(YahooChart().error(in: chart.bytes)?.kind == .malformed)
    }

    @Test func `A column of numbers as text is read`() throws {
        var chart = ChartBody(stamps: [1_325_601_000, 1_325_687_400])
        for name in ["open", "high", "low", "close", "volume"] { chart.columns[name] = ["\"10\"", "null"] }
        let response = try YahooChart().parse(chart.bytes, calendar: nil, asOf: asOf)
        #expect(response.bars.map(\.close.description) == ["10"] && response.flaggedRows.count == 1)
    }
}
