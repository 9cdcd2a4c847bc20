import Foundation
import Market
import Providers
import TestVectors
import Testing

/// Recorded responses of Yahoo that are wrong, each with a twin that was corrected by hand. Both must give the same returns.
@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set")) struct YahooTwinTests {
    private struct Line {
        let start: Instant
        let values: [Double]
        let dividend, split: Double
    }

    private func lines(_ name: String) throws -> [Line] {
        let text = String(decoding: try Vectors.bytes("contracts/market-data/yahoo-data-quality/\(name).csv"), as: UTF8.self)
        return try text.split(whereSeparator: \.isNewline).dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let iso = cells[0].replacingOccurrences(of: " ", with: "T")
            let date = try #require(ISO8601DateFormatter().date(from: iso), "\(iso)")
            let values = try cells.dropFirst().map { try #require(Double($0)) }
            return Line(
                start: Instant(seconds: Int64(date.timeIntervalSince1970)), values: Array(values[0..<4]) + [values[5]],
                dividend: values[6], split: values[7])
        }.sorted { $0.start < $1.start }
    }

    /// As the chart would send it.
    private func body(_ lines: [Line], zone: String, currency: String, granularity: String) -> [UInt8] {
        let columns = ["open", "high", "low", "close", "volume"].enumerated().map { index, name in
            "\"\(name)\":[" + lines.map { "\($0.values[index])" }.joined(separator: ",") + "]"
        }
        let splits = lines.filter { $0.split != 0 }.map {
            "\"\($0.start.seconds)\":{\"date\":\($0.start.seconds),\"numerator\":\($0.split),\"denominator\":1}"
        }
        let dividends = lines.filter { $0.dividend != 0 }.map {
            "\"\($0.start.seconds)\":{\"date\":\($0.start.seconds),\"amount\":\($0.dividend)}"
        }
        return Array(
            """
            {"chart":{"error":null,"result":[{"meta":{"currency":"\(currency)","exchangeTimezoneName":"\(zone)","dataGranularity":"\(granularity)"},
            "timestamp":[\(lines.map { "\($0.start.seconds)" }.joined(separator: ","))],
            "events":{"splits":{\(splits.joined(separator: ","))},"dividends":{\(dividends.joined(separator: ","))}},
            "indicators":{"quote":[{\(columns.joined(separator: ","))}]}}]}}
            """.utf8)
    }

    private static let asOf = Instant(seconds: 1_800_000_000)

    /// What a holder earned by session, after all rules.
    private func returns(_ name: String, mic: String, zone: String, currency: String) throws -> [SessionDate: Double] {
        let calendar = try #require(TradingCalendar.of(mic: mic))
        let body = body(try lines(name), zone: zone, currency: currency, granularity: "1d")
        let response = try YahooChart().parse(body, calendar: calendar, asOf: Self.asOf)
        let report = SeriesValidator(calendar: calendar).validate(
            response.bars.map { ValidatedBar($0, basis: response.basis) }, among: [], actions: response.actions)
        let actions = response.actions.filter { !report.rejectedSplits.contains($0.exDate) }
        let inferred = report.bars.compactMap { row in
            row.split.map { CorporateAction(exDate: row.bar.session, kind: .split(numerator: $0, denominator: 1), nature: .inferred) }
        }
        let observations = Adjustment.observations(bars: report.bars.filter { !$0.isQuarantined }.map(\.bar), actions: actions + inferred)
        return zip(observations.dropFirst(), observations).reduce(into: [:]) { returns, pair in
            let (now, before) = pair
            returns[now.session] = log((now.close * now.split + now.dividend) / before.close)
        }
    }

    @Test(arguments: [
        ("4063-T-1d-bad-stock-split", "XTKS", "Asia/Tokyo", "JPY"), ("LA-V-1d-bad-stock-split", "XTSX", "America/Toronto", "CAD"),
        ("AET-L-1d-100x-error", "XLON", "Europe/London", "GBp"), ("8TRA-DE-1d-missing-div-adjust", "XETR", "Europe/Berlin", "EUR"),
    ])
    func `The wrong response and its corrected twin give the same returns`(
        _ name: String, _ mic: String, _ zone: String, _ currency: String
    ) throws {
        let wrong = try returns(name, mic: mic, zone: zone, currency: currency)
        let right = try returns(name + "-fixed", mic: mic, zone: zone, currency: currency)
        #expect(wrong.count == right.count && wrong.count >= 4)
        for (session, value) in wrong { #expect(abs(value - (right[session] ?? .nan)) < 1e-6, "\(session): \(value)") }
    }

    /// Of SPM.MI the rows up to 2022-06-17 are multiplied by ten once too often: its split of 10 into 1 counts in them twice, and goes on
    /// counting for four sessions past its ex-date. The wrong level ends on the first day of a rights issue, on which the price really fell
    /// by half, so that the break is by nearly twenty. That is neither the reported ratio nor without news, and 21 returns are too few to decide:
    /// nothing in the response distinguishes a fall by half from one to a twentieth. One return stays wrong, by exactly the split.
    @Test func `A split applied twice that ends on a day of news is not found`() throws {
        let name = "SPM-MI-1d-bad-stock-split"
        let wrong = try returns(name, mic: "XMIL", zone: "Europe/Rome", currency: "EUR")
        let right = try returns(name + "-fixed", mic: "XMIL", zone: "Europe/Rome", currency: "EUR")
        #expect(wrong.count == 21 && Set(wrong.keys) == Set(right.keys))
        let others = wrong.filter { abs($0.value - (right[$0.key] ?? .nan)) > 1e-6 }
        #expect(others.keys.map(\.description) == ["2022-06-20"])
        for (session, value) in others { #expect(abs(value + log(10) - (right[session] ?? .nan)) < 1e-6) }
    }

    @Test func `Every pair of the folder is tested`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Vectors.file("contracts/market-data/yahoo-data-quality"))
        let pairs = Set(files.map { $0.replacingOccurrences(of: "-fixed", with: "") })
        let pairsTested = ["4063-T-1d-bad-stock-split", "LA-V-1d-bad-stock-split", "AET-L-1d-100x-error", "8TRA-DE-1d-missing-div-adjust"]
        #expect(pairs == Set((pairsTested + ["SPM-MI-1d-bad-stock-split", "ASAI-L-1h-bad-unit"]).map { $0 + ".csv" }))
    }

    @Test func `An hour at a hundredth of its price is repaired`() throws {
        let parse = { (name: String) throws in
            try YahooIntraday(interval: "1h").parse(
                body(try lines(name), zone: "Europe/London", currency: "GBp", granularity: "1h"),
                calendar: TradingCalendar.of(mic: "XLON"), asOf: Self.asOf)
        }
        let (wrong, right) = (try parse("ASAI-L-1h-bad-unit"), try parse("ASAI-L-1h-bad-unit-fixed"))
        #expect(wrong.intraday.map(\.start) == right.intraday.map(\.start) && wrong.intraday.map(\.low) == right.intraday.map(\.low))
        #expect(zip(wrong.intraday, right.intraday).allSatisfy { abs($0.close.double / $1.close.double - 1) < 1e-6 })
        #expect(wrong.flaggedRows.map(\.rule) == [ValidationRuleName.unitError] && right.flaggedRows.isEmpty)
    }
}
