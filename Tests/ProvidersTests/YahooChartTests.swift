import Foundation
import Market
import Providers
import Testing

/// A chart v8 response made for a test.
struct ChartBody {
    var meta = #""currency":"USD","exchangeTimezoneName":"America/New_York","dataGranularity":"1d""#
    var stamps: [Int64] = []
    var columns: [String: [String]] = [:]
    var events = ""

    var bytes: [UInt8] {
        let quote = columns.map { "\"\($0.key)\":[\($0.value.joined(separator: ","))]" }.joined(separator: ",")
        let text =
            "{\"chart\":{\"result\":[{\"meta\":{\(meta)},\"timestamp\":[\(stamps.map(String.init).joined(separator: ","))],"
            + (events.isEmpty ? "" : "\"events\":{\(events)},") + "\"indicators\":{\"quote\":[{\(quote)}]}}],\"error\":null}}"
        return [UInt8](text.utf8)
    }
}

@Suite struct YahooChartTests {
    private let calendar = TradingCalendar.of(mic: "XNAS")

    private func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

    @Test func `A history adjusted in single precision converts back to as-traded prices`() throws {
        let calendar = try #require(calendar)
        let last = SessionDate(year: 2021, month: 1, day: 8)
        let sessions = calendar.sessions(from: SessionDate(year: 1999, month: 1, day: 4), through: last)
        let splits = [("2000-06-21", 2), ("2005-02-28", 2), ("2014-06-09", 7), ("2020-08-31", 4)]
        var chart = ChartBody()
        var traded: [Double] = []
        for (index, session) in sessions.enumerated() {
            let factor = splits.filter { $0.0 > session.description }.map(\.1).reduce(1, *)
            let price = session.year < 2001 ? Double(640 + index % 777) / 16 : Double(4000 + index * 37 % 60_000) / 100
            traded.append(price)
            let adjusted = Double(Float(price / Double(factor)))
            chart.stamps.append(calendar.open(of: session).seconds)
            for name in ["open", "high", "low", "close"] { chart.columns[name, default: []].append("\(adjusted)") }
            chart.columns["volume", default: []].append("\(1000 * factor)")
        }
        let events = splits.map { date, ratio in
            let open = calendar.open(of: SessionDate(date) ?? last).seconds
            return "\"\(open)\":{\"date\":\(open),\"numerator\":\(ratio),\"denominator\":1}"
        }
        let exDate = SessionDate(year: 2012, month: 8, day: 9)
        let dividend = "\"x\":{\"date\":\(calendar.open(of: exDate).seconds),\"amount\":0.094643}"
        chart.events = "\"splits\":{\(events.joined(separator: ","))},\"dividends\":{\(dividend)}"
        let response = try YahooChart().parse(chart.bytes, calendar: calendar, asOf: try instant("2021-01-09T00:00:00Z"))
        #expect(response.bars.map(\.close) == traded.map { Price($0)! })
        #expect(response.bars.allSatisfy { $0.volume == 1000 })
        #expect(response.flaggedRows.isEmpty)
        #expect(response.actions.count == 5)
        #expect(response.actions.contains(CorporateAction(exDate: exDate, kind: .dividend(Price(2.65)!))))
    }

    @Test func `A dividend on the day of a split is per old share`() throws {
        let open = try #require(calendar).open(of: SessionDate(year: 2014, month: 6, day: 9)).seconds
        var chart = ChartBody(stamps: [open])
        for name in ["open", "high", "low", "close", "volume"] { chart.columns[name] = ["93.5"] }
        chart.events = """
            "dividends":{"\(open)":{"date":\(open),"amount":0.47}},"splits":{"\(open)":{"date":\(open),"numerator":7,"denominator":1}}
            """
        let response = try YahooChart().parse(chart.bytes, calendar: calendar, asOf: try instant("2014-06-10T00:00:00Z"))
        #expect(response.bars.first?.close == Price(93.5)!)
        #expect(response.actions.contains { $0.kind == .dividend(Price(3.29)!) })
    }

    @Test func `Bad rows are flagged and the others are used`() throws {
        var chart = ChartBody()
        let days = ["2012-01-03", "2012-01-04", "2012-01-05", "2012-01-06", "2012-01-07", "2012-01-09"]
        chart.stamps = try days.map { try instant($0 + "T14:30:00Z").seconds }
        chart.columns = [
            "open": ["10", "10", "10", "0", "10", "10"], "high": ["11", "11", "9", "11", "11", "11"],
            "low": ["9", "9", "8", "0", "9", "9"],
            "close": ["10.5", "null", "8.5", "10", "10", "10"], "volume": ["100", "100", "100", "100", "100"],
        ]
        let response = try YahooChart().parse(chart.bytes, calendar: calendar, asOf: try instant("2012-01-10T00:00:00Z"))
        #expect(response.bars.map(\.session.description) == ["2012-01-03"])
        #expect(response.flaggedRows.map(\.ordinal) == [1, 2, 3, 4, 5])
        #expect(
            response.flaggedRows.map(\.rule) == [
                ValidationRuleName.nullField, ValidationRuleName.priceOrder, ValidationRuleName.nonPositivePrice,
                ValidationRuleName.notASession,
                ValidationRuleName.nullField,
            ])
        #expect(response.flaggedRows[0].detail == "close")
        #expect(response.flaggedRows[0].text == "\(chart.stamps[1]),10.0,11.0,9.0,,100.0")
    }

    @Test(arguments: [
        ("2012-01-03T20:59:00Z", 1_325_601_000, 1_325_624_340, 0), ("2012-01-03T21:20:00Z", 1_325_601_000, 1_325_624_401, 1),
        ("2012-01-03T21:20:00Z", 1_325_624_401, 1_325_624_401, 1), ("2012-01-03T21:20:00Z", 1_325_620_000, 1_325_620_000, 0),
        ("2012-01-05T00:00:00Z", 1_325_601_000, 1_325_601_000, 1),
    ])
    func `A session is final once its close has passed and its row is not live`(
        _ asOf: String, _ stamp: Int, _ lastTrade: Int, _ final: Int
    ) throws {
        var chart = ChartBody(stamps: [Int64(stamp)])
        chart.meta += ",\"regularMarketTime\":\(lastTrade)"
        for name in ["open", "high", "low", "close", "volume"] { chart.columns[name] = ["93.5"] }
        let response = try YahooChart().parse(chart.bytes, calendar: calendar, asOf: try instant(asOf))
        #expect(response.bars.count == final)
        #expect(response.provisional.count == 1 - final)
    }

    @Test func `The request encodes its symbol and ends at the instant`() throws {
        let asOf = try instant("2012-01-03T22:30:00Z")
        let request = YahooChart(baseURL: "http://127.0.0.1:9").request(symbol: "^GSPC", from: SessionDate("2011-12-19"), asOf: asOf)
        let path =
            "/v8/finance/chart/%5EGSPC?period1=1324238400&period2=1325629800&interval=1d&events=div%7Csplit%7CcapitalGains&includePrePost=false"
        #expect(request.url == "http://127.0.0.1:9" + path)
        #expect(request.storedURL == request.url)
        #expect(YahooChart().request(symbol: "IBM", from: nil, asOf: asOf).url.contains("period1=-2208988800&"))
    }

    @Test func `Retry-After is read`() {
        let error = YahooChart().error(in: [], status: 429, headers: [(name: "Retry-After", value: "7")])
        #expect(error?.kind == .rateLimited(retryAfter: 7))
        #expect(error?.isRetryable == true)
        #expect(YahooChart().error(in: [UInt8]("<html>".utf8), status: 503)?.kind == .serverError)
    }

    @Test func `A damaged response gives an error at worst`() throws {
        let calendar = try #require(calendar)
        var chart = ChartBody()
        let first = SessionDate(year: 2012, month: 1, day: 3)
        chart.stamps = calendar.sessions(from: first, through: first.advanced(by: 28)).map { calendar.open(of: $0).seconds }
        for name in ["open", "high", "low", "close", "volume"] { chart.columns[name] = chart.stamps.map { "\($0 % 97 + 3)" } }
        chart.events = #""splits":{"1325601000":{"numerator":0,"denominator":1}},"dividends":{"1325601000":{"amount":-1}}"#
        let whole = chart.bytes
        let asOf = try instant("2012-02-10T00:00:00Z")
        #expect(try YahooChart().parse(whole, calendar: calendar, asOf: asOf).flaggedRows.map(\.rule).contains("bad-split"))
        var random = SystemRandomNumberGenerator()
        for round in 0..<600 {
            var body = whole
            if round % 2 == 0 { body.removeLast(Int.random(in: 1..<body.count, using: &random)) }
            if round % 3 > 0 { body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            do throws(ProviderError) {
                let response = try YahooChart().parse(body, calendar: calendar, asOf: asOf)
                #expect(response.bars.allSatisfy { $0.low <= $0.high })
            } catch {
                #expect(!error.detail.isEmpty)
            }
        }
    }
}
