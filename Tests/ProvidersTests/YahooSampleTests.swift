import Foundation
import Market
import Providers
import TestVectors
import Testing

/// A recorded response, and the result expected of it.
struct YahooSample: Sendable, CustomTestStringConvertible {
    let file: String
    var mic: String? = nil
    var asOf = "2026-11-01T00:00:00Z"
    var bars = 0
    var provisional = 0
    var flaggedRows = 0
    var actions = 0
    var currency: String? = nil
    var last: (session: String, close: String)? = nil
    var error: String? = nil
    var testDescription: String { file }

    static let all = [
        YahooSample(
            file: "chart-AAPL-2020-08-31-to-2020-11-07.json", mic: "XNAS", bars: 49, actions: 2, currency: "USD",
            last: ("2020-11-06", "118.69")),
        YahooSample(file: "chart-1d-AAPL-2024.json", mic: "XNAS", bars: 10, currency: "USD", last: ("2024-10-11", "227.55")),
        YahooSample(file: "chart-1h-AAPL-empty-quote.json", mic: "XNAS", error: "empty-range"),
        YahooSample(
            file: "chart-AAPL-2025-02-01-to-2025-02-02-includePrePost-false-interval-1m.json", mic: "XNAS", error: "empty-range"),
        YahooSample(file: "chart-1mo-AAPL-dividends.json", mic: "XNAS", error: "malformed"),
        YahooSample(
            file: "chart-ALL.AX-live-last-bar.json", asOf: "2022-01-13T05:10:30Z", bars: 63, provisional: 1, currency: "AUD",
            last: ("2022-01-12", "44.15")),
        YahooSample(
            file: "chart-BTC-USD-2020-01-01-to-2020-01-03.json", bars: 3, currency: "USD", last: ("2020-01-03", "7344.884")),
        YahooSample(
            file: "chart-MUV2.DE-null-close.json", bars: 123, flaggedRows: 2, currency: "EUR", last: ("2018-05-25", "188.3")),
        YahooSample(file: "chart-OCDO.L-2020-01-01-to-2020-01-03.json", bars: 1, currency: "GBP", last: ("2020-01-02", "12.595")),
        YahooSample(file: "chart-WSKT.JK-2020-01-01-to-2020-01-03.json", bars: 1, currency: "IDR", last: ("2020-01-02", "1505")),
        YahooSample(file: "chart-WSU.DE-2023-08-04-to-2023-08-09.json", bars: 3, currency: "EUR", last: ("2023-08-08", "33.2")),
        YahooSample(file: "chart-0P000071W8.TO-2020-01-01-to-2020-01-03.json", bars: 1, currency: "CAD", last: ("2020-01-02", "73.72")),
        YahooSample(file: "chart-delisted-no-data-CAPIO.ST.json", error: "unknown-symbol"),
        YahooSample(
            file: "chart-duplicate-same-day-reconstructed.json", mic: "XNAS", bars: 2, flaggedRows: 1, currency: "USD",
            last: ("2019-01-25", "1670.57")),
        YahooSample(file: "chart-notimestamp-quotes-length.fake.json", mic: "XNAS", error: "malformed"),
        YahooSample(
            file: "historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31.csv.json", mic: "XNAS", bars: 252, actions: 4,
            currency: "USD", last: ("2022-01-28", "308.26")),
    ]
}

@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set")) struct YahooSampleTests {
    private static let folder = "contracts/market-data/yahoo/"

    @Test(arguments: YahooSample.all) func `Every recorded response parses as expected`(_ sample: YahooSample) throws {
        let body = try Vectors.body(YahooSampleTests.folder + sample.file)
        let calendar = sample.mic.flatMap { TradingCalendar.of(mic: $0) }
        let asOf = try #require(Instant(sample.asOf))
        let yahoo = YahooChart()
        #expect(yahoo.error(in: body)?.kind.name == sample.error)
        if let error = sample.error {
            let thrown = #expect(throws: ProviderError.self) { try yahoo.parse(body, calendar: calendar, asOf: asOf) }
            #expect(thrown?.kind.name == error)
            return
        }
        let response = try yahoo.parse(body, calendar: calendar, asOf: asOf)
        #expect(response.bars.count == sample.bars)
        #expect(response.provisional.count == sample.provisional)
        #expect(response.flaggedRows.count == sample.flaggedRows)
        #expect(response.actions.count == sample.actions)
        #expect(response.currency == sample.currency)
        #expect(response.bars.last?.session.description == sample.last?.session)
        #expect(response.bars.last?.close.description == sample.last?.close)
    }

    @Test func `Every sample of the folder is in the table`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Vectors.file(YahooSampleTests.folder))
        #expect(Set(files) == Set(YahooSample.all.map(\.file) + ["error-bodies.json"]))
    }

    @Test func `Every published error body has its kind`() throws {
        let expected = [
            "unknown-symbol", "empty-range", "empty-range", "rate-limited", "rate-limited", "bad-key", "maintenance",
        ]
        let samples = try Vectors.errors(YahooSampleTests.folder + "error-bodies.json")
        let kinds = samples.map { YahooChart().error(in: $0.body, status: $0.status)?.kind.name }
        #expect(kinds == expected)
    }

    @Test func `A stamp of a Sydney morning belongs to its local date`() throws {
        let body = try Vectors.body(YahooSampleTests.folder + "chart-ALL.AX-live-last-bar.json")
        let response = try YahooChart().parse(body, calendar: nil, asOf: try #require(Instant("2022-01-13T05:10:30Z")))
        #expect(response.provisional.first?.session.description == "2022-01-13")
        #expect(response.bars.contains { $0.session.description == "2022-01-12" })
    }

    @Test func `Of duplicate rows the later counts`() throws {
        let body = try Vectors.body(YahooSampleTests.folder + "chart-duplicate-same-day-reconstructed.json")
        let calendar = TradingCalendar.of(mic: "XNAS")
        let response = try YahooChart().parse(body, calendar: calendar, asOf: try #require(Instant("2019-01-26T00:00:00Z")))
        #expect(response.bars.last?.volume == 4_959_679)
        #expect(response.flaggedRows.map(\.ordinal) == [1])
        #expect(response.flaggedRows.map(\.rule) == [ValidationRuleName.duplicateSession])
    }
}
