import Market
import Providers
import Testing

@Suite struct TiingoTests {
    private let asOf = Instant(seconds: 1_800_000_000)
    private let provider = TiingoDaily(key: "SECRETKEY99")

    private func parse(_ text: String) throws -> ParsedResponse {
        try provider.parse([UInt8](text.utf8), calendar: TradingCalendar.of(mic: "XNYS"), asOf: asOf)
    }

    private func error(_ text: String, _ status: Int = 200) -> ProviderError? {
        provider.error(in: [UInt8](text.utf8), status: status)
    }

    @Test func `CSV parses like JSON, with its actions`() throws {
        let csv = try parse(
            """
            date,close,high,low,open,volume,adjClose,divCash,splitFactor\r
            2014-06-06,645.57,651.26,644.47,649.9,12497000,1,0.47,1.0\r
            2014-06-09,93.7,93.88,91.75,92.7,75415000,1,0.0,7.0\r

            """)
        let json = try parse(
            """
            [{"date":"2014-06-06T00:00:00.000Z","close":645.57,"high":651.26,"low":644.47,"open":649.9,"volume":12497000,"divCash":0.47,
            "splitFactor":1.0},{"date":"2014-06-09T00:00:00.000Z","close":93.7,"high":93.88,"low":91.75,"open":92.7,"volume":75415000,
            "divCash":0,"splitFactor":7}]
            """)
        #expect(csv.bars == json.bars && csv.bars.count == 2)
        #expect(csv.actions == json.actions && csv.actions.count == 2)
    }

    @Test(arguments: [
        (["null", "null", "null"], [0, 0, 0], ["absent-column"]), (["null"], [], [ValidationRuleName.nullField]),
        (["7", "null", "9"], [7, 9], [ValidationRuleName.nullField]), (["0", "0"], [0, 0], []),
    ])
    func `A share without volumes is recorded, and a single missing volume is flagged`(
        _ volumes: [String], _ read: [Double], _ rules: [String]
    ) throws {
        let rows = zip(["2014-06-05", "2014-06-06", "2014-06-09"], volumes).map { day, volume in
            "{\"date\":\"\(day)T00:00:00.000Z\",\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":\(volume),\"divCash\":0,\"splitFactor\":1}"
        }
        let response = try parse("[\(rows.joined(separator: ","))]")
        #expect(response.bars.map(\.volume) == read && response.flaggedRows.map(\.rule) == rules)
    }

    @Test func `Errors of CSV responses are plain text`() {
        #expect(error("Error: Ticker 'X' not found", 404)?.kind == .unknownSymbol)
        #expect(error("date,close,high,low,open,volume\n")?.kind == .emptyRange)
        #expect(error("Error: You have run over your hourly request allocation.", 429)?.kind.name == "rate-limited")
        #expect(error("Token SECRETKEY99 is wrong", 401)?.detail.contains("SECRETKEY99") == false)
    }

    @Test func `A factor that is no usual split ratio is a spin-off`() throws {
        let row = { (date: String, factor: String) in
            "{\"date\":\"\(date)\",\"open\":10,\"high\":10,\"low\":10,\"close\":10,\"volume\":1,\"divCash\":0,\"splitFactor\":\(factor)}"
        }
        let response = try parse("[\(row("2021-11-04T00:00:00.000Z", "1.046")),\(row("2021-11-05T00:00:00.000Z", "1.5"))]")
        #expect(response.actions.map(\.nature) == [.spinOff, .ordinary])
    }

    @Test func `Pairs have addresses and response forms of their own`() throws {
        let spelling = try #require(SymbolSpelling(provider: "tiingo"))
        let url = { (text: String) throws in
            let ticker = try #require(Ticker(text))
            let symbol = try #require(spelling.spell(ticker))
            return provider.request(symbol: symbol, from: SessionDate("2020-01-02"), asOf: asOf).url
        }
        #expect(try url("EUR/USD").contains("/tiingo/fx/eurusd/prices?startDate=2020-01-02&"))
        #expect(try url("BTC-USD").contains("/tiingo/crypto/prices?tickers=btcusd&startDate=2020-01-02&"))
        #expect(try url("DOGE-USD").contains("/tiingo/crypto/prices?tickers=dogeusd&startDate=2020-01-02&"))
        #expect(try url("BRK.B").contains("/tiingo/daily/BRK-B/prices?"))
        let currencies = try provider.parse(
            Array(#"[{"date":"2020-01-02T00:00:00.000Z","ticker":"eurusd","open":1.12,"high":1.125,"low":1.11,"close":1.117}]"#.utf8),
            calendar: nil, asOf: asOf)
        #expect(currencies.bars.map(\.close.description) == ["1.117"] && currencies.bars[0].volume == 0 && currencies.flaggedRows.isEmpty)
        let crypto = try provider.parse(
            Array(
                """
                [{"ticker":"btcusd","baseCurrency":"btc","quoteCurrency":"usd","priceData":[{"date":"2020-01-02T00:00:00+00:00",
                "open":7200,"high":7250.5,"low":6900,"close":6985.47,"volume":21000.5,"volumeNotional":1,"tradesDone":3}]}]
                """.utf8), calendar: nil, asOf: asOf)
        #expect(crypto.bars.map(\.close.description) == ["6985.47"] && crypto.bars[0].volume == 21000.5)
        #expect(error("[{\"ticker\":\"btcusd\",\"priceData\":[]}]")?.kind == .emptyRange)
        #expect(error("[{\"priceData\":[]},{\"priceData\":[]}]")?.kind == .malformed)
    }
}
