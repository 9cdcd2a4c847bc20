import Foundation
import Market
import Providers
import TestVectors
import Testing

@Suite struct AlphaVantageTests {
    private let calendar = TradingCalendar.of(mic: "XNYS")
    private let provider = AlphaVantageDaily(key: "SECRETKEY12345", adjusted: true)

    private func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

    /// Newest first, as it comes; the last row's high lies below its open.
    private static let adjusted: String = {
        let labels = ["open", "high", "low", "close", "adjusted close", "volume", "dividend amount", "split coefficient"]
        let days = [
            "2014-06-10 94.7300 95.0500 93.5700 94.2500 20.9 62777000 0.0000 1.0000",
            "2014-06-09 92.7000 93.8800 91.7500 93.7000 20.8 75415000 0.0000 7.0000",
            "2014-06-06 649.9000 651.2600 644.4700 645.5700 20.5 12497000 0.4700 1.0000",
            "2014-06-05 646.2000 640.0000 642.6100 647.3500 20.5 10850000 0.0000 1.0000",
        ].map { line in
            let cells = line.split(separator: " ")
            let fields = zip(labels, cells.dropFirst()).enumerated().map { "\"\($0.offset + 1). \($0.element.0)\":\"\($0.element.1)\"" }
            return "\"\(cells[0])\":{\(fields.joined(separator: ","))}"
        }
        let meta = #""2. Symbol":"AAPL","3. Last Refreshed":"2014-06-10","5. Time Zone":"US/Eastern""#
        return "{\"Meta Data\":{\(meta)},\"Time Series (Daily)\":{\(days.joined(separator: ","))}}"
    }()

    @Test func `Rows become session order and actions are listed apart`() throws {
        let response = try provider.parse([UInt8](Self.adjusted.utf8), calendar: calendar, asOf: try instant("2014-06-11T12:00:00Z"))
        #expect(response.bars.map(\.session.description) == ["2014-06-06", "2014-06-09", "2014-06-10"])
        #expect(response.bars[0].close.description == "645.57")
        #expect(response.bars[0].volume == 12_497_000)
        #expect(
            response.actions == [
                CorporateAction(exDate: SessionDate(year: 2014, month: 6, day: 6), kind: .dividend(Price(0.47)!)),
                CorporateAction(exDate: SessionDate(year: 2014, month: 6, day: 9), kind: .split(numerator: 7, denominator: 1)),
            ])
        #expect(response.flaggedRows.map(\.rule) == [ValidationRuleName.priceOrder])
        #expect(response.flaggedRows[0].ordinal == 3)
    }

    @Test(arguments: [
        ("2014-06-10", "2014-06-10T19:00:00Z", 1), ("2014-06-10", "2014-06-10T20:30:00Z", 0),
        ("2014-06-10 14:07:03", "2014-06-10T20:30:00Z", 1), ("2014-06-10 16:00:01", "2014-06-10T20:30:00Z", 0),
    ])
    func `The first row is provisional until its session has closed`(_ refreshed: String, _ asOf: String, _ provisional: Int) throws {
        let label = "\"3. Last Refreshed\":\""
        let body = Self.adjusted.replacingOccurrences(of: label + "2014-06-10\"", with: label + refreshed + "\"")
        let response = try provider.parse([UInt8](body.utf8), calendar: calendar, asOf: try instant(asOf))
        #expect(response.provisional.count == provisional)
        #expect(response.bars.count == 3 - provisional)
    }

    @Test func `CSV with either spelling of its columns parses like JSON`() throws {
        let csv = """
            timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\r
            2014-06-09,92.70,93.88,91.75,93.70,20.8,75415000,0.0000,7.0\r
            2014-06-06,649.90,651.26,644.47,645.57,20.5,12497000,0.4700,1.0\r
            not-a-date,1,1,1,1,1,1,1,1\r

            """
        let asOf = try instant("2014-06-11T12:00:00Z")
        let response = try provider.parse([UInt8](csv.utf8), calendar: calendar, asOf: asOf)
        #expect(response.bars.map(\.close.description) == ["645.57", "93.7"])
        #expect(response.actions.count == 2)
        #expect(response.flaggedRows.map(\.rule) == ["bad-date"])
    }

    @Test func `The key is in the request and nowhere else`() throws {
        let asOf = try instant("2014-06-11T12:00:00Z")
        let request = provider.request(symbol: "BRK.B", from: SessionDate("2014-05-20"), asOf: asOf)
        let stored =
            "https://www.alphavantage.co/query?function=TIME_SERIES_DAILY_ADJUSTED&symbol=BRK.B&outputsize=compact&datatype=json"
        #expect(request.storedURL == stored)
        #expect(request.url == stored + "&apikey=SECRETKEY12345")
        #expect(provider.request(symbol: "IBM", from: nil, asOf: asOf).url.contains("outputsize=full"))

        let echo = #"{"Information":"We have detected your API key as OTHERKEY99 and SECRETKEY12345; 25 requests per day."}"#
        let error = try #require(provider.error(in: [UInt8](echo.utf8)))
        #expect(error.kind == .dailyQuota)
        #expect(error.detail == "We have detected your API key as [redacted] and [redacted]; 25 requests per day.")
        let (body, changed) = provider.redacted([UInt8](echo.utf8))
        let text = String(decoding: body, as: UTF8.self)
        #expect(changed && !text.contains("OTHERKEY99") && !text.contains("SECRETKEY12345"))
        #expect(provider.redacted([UInt8](Self.adjusted.utf8)).changed == false)
    }

    @Test func `A note beside data is no error`() {
        let body = Self.adjusted.dropLast() + #","Note":"5 calls per minute"}"#
        #expect(provider.error(in: [UInt8](body.utf8)) == nil)
    }

    @Test func `Other series and pages are errors`() {
        let kinds = [#"{"Weekly Time Series":{"2014-06-06":{}}}"#, "<html>hello</html>", "{\"Time Series (Daily)\":"].map {
            provider.error(in: [UInt8]($0.utf8))?.kind
        }
        #expect(kinds == [.malformed, .unexpectedPage, .malformed])
    }
}

@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set")) struct AlphaVantageSampleTests {
    private static let folder = "contracts/market-data/alphavantage/"
    private let provider = AlphaVantageDaily(key: nil, adjusted: true)

    private func parse(_ file: String, asOf: String) throws -> ParsedResponse {
        try provider.parse(
            try Vectors.bytes(Self.folder + file), calendar: TradingCalendar.of(mic: "XNYS"), asOf: try #require(Instant(asOf)))
    }

    @Test func `The daily samples are as traded, with the unfinished session apart`() throws {
        let daily = try parse("TIME_SERIES_DAILY.json", asOf: "2020-05-08T18:10:00Z")
        #expect(daily.bars.map(\.session.description) == ["2020-05-07"])
        #expect(daily.provisional.map(\.close.description) == ["121.79"])
        let adjusted = try parse("TIME_SERIES_DAILY_ADJUSTED.json", asOf: "2020-05-09T00:00:00Z")
        #expect(adjusted.provisional.map(\.close.description) == ["121.805"])
        #expect(adjusted.bars.map(\.volume) == [4_412_047])
        #expect(adjusted.actions.map(\.kind) == [.dividend(Price(1.63)!)])
    }

    @Test(arguments: [("TIME_SERIES_DAILY.csv", "219.3"), ("TIME_SERIES_DAILY_ADJUSTED.csv", "219.3")])
    func `The CSV samples have every row`(_ file: String, _ close: String) throws {
        let lines = try Vectors.bytes(Self.folder + file).split { $0 == 10 || $0 == 13 }.count
        let response = try parse(file, asOf: "2026-05-16T00:00:00Z")
        #expect(response.bars.count == lines - 1)
        #expect(response.bars.last?.close.description == close)
        #expect(response.flaggedRows.isEmpty)
    }

    @Test(arguments: [
        "TIME_SERIES_WEEKLY.json", "TIME_SERIES_INTRADAY_1min_2017.json", "TIME_SERIES_MONTHLY_ADJUSTED.csv", "GLOBAL_QUOTE.csv",
        "SYMBOL_SEARCH_2019.json", "MARKET_STATUS.json", "GLOBAL_QUOTE_msft_2018.json", "DIVIDENDS.csv", "SPLITS.csv", "SYMBOL_SEARCH.csv",
    ])
    func `Responses of other functions are errors`(_ file: String) throws {
        #expect(provider.error(in: try Vectors.bytes(Self.folder + file)) != nil)
    }

    @Test func `Every published error has its kind`() throws {
        let samples = try Vectors.errors(Self.folder + "http-200-errors.json")
        let errors = samples.map { provider.error(in: $0.body, status: $0.status) }
        #expect(
            errors.map(\.?.kind.name) == [
                "daily-quota", "daily-quota", "rate-limited", "premium", "rate-limited", "unknown-symbol", "bad-key", "unknown-symbol",
                "unknown-symbol",
            ])
        #expect(errors.allSatisfy { $0?.detail.contains("DEMOKEY123456789") == false })
    }
}
