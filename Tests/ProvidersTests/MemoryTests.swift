import Foundation
import Market
import Testing

@testable import Providers

/// Bodies that are as large as their kind allows, and hold as much as their bytes can.
enum LargeBody: String, CaseIterable {
    case numbers, columns, objects, emptyLists, nestedLists, members, rows, badRows, oneSession, longText, cells, shortRows, columnNames

    /// A list of equal elements of at most `size` bytes.
    static func list(of piece: String, _ size: Int) -> [UInt8] {
        var bytes = Array(piece.utf8)
        while bytes.count < size { bytes += bytes }
        let count = (size - 2) / piece.utf8.count * piece.utf8.count
        return [UInt8(ascii: "[")] + bytes[..<(count - 1)] + [UInt8(ascii: "]")]
    }

    /// The provider that reads the body, and the body of about `size` bytes.
    func make(_ size: Int) -> (provider: String, body: [UInt8]) {
        func filled(_ start: String, _ piece: String, _ end: String) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(size)
            bytes += start.utf8
            while bytes.count + 2 * piece.utf8.count + end.utf8.count < size { bytes += piece.utf8 }
            if bytes.last == UInt8(ascii: ",") { bytes += piece.utf8.dropLast() }
            return bytes + end.utf8
        }
        func dated(_ count: Int, _ row: (SessionDate) -> String) -> String {
            (0..<count).map { row(SessionDate(day: Int32(truncatingIfNeeded: $0 - 40_000))) }.joined()
        }
        return switch self {
        case .numbers: ("tiingo", filled("[", "1,", "]"))
        case .columns: ("finnhub", filled(#"{"s":"ok","t":["#, "1,", "]}"))
        case .objects: ("tiingo", filled("[", #"{"a":1},"#, "]"))
        case .emptyLists: ("polygon", filled(#"{"status":"OK","results":["#, "[],", "]}"))
        case .nestedLists: ("polygon", filled(#"{"status":"OK","results":["#, "[[[[[]]]]],", "]}"))
        case .members: ("alphavantage", filled(#"{"Time Series (Daily)":{"#, #""":1,"#, "}}"))
        case .rows:
            (
                "tiingo",
                Array(
                    ("[" + dated(59_999) { #"{"date":"\#($0)","open":1,"high":1,"low":1,"close":1,"volume":1},"# }.dropLast() + "]").utf8)
            )
        case .badRows: ("tiingo", Array(("[" + String(repeating: #"{"date":"x"},"#, count: 59_999).dropLast() + "]").utf8))
        case .oneSession:
            (
                "tiingo",
                Array(
                    ("["
                        + String(repeating: #"{"date":"2012-01-03","open":1,"high":1,"low":1,"close":1,"volume":1},"#, count: 59_999)
                        .dropLast() + "]").utf8)
            )
        case .longText: ("tiingo", filled(#"[{"date":""#, "xxxxxxxx", #""}]"#))
        case .cells: ("csv", filled("date,open,high,low,close,volume\n", "1,1,1,1,1,1\n", ""))
        case .shortRows: ("csv", filled("date,open,high,low,close,volume\n", "1\n", ""))
        case .columnNames: ("csv", filled("date,open,high,low,close", ",a", "\n"))
        }
    }
}

@Suite struct MemoryTests {
    @Test func `Parsing a body of any content takes at most three times the largest body`() async {
        await #expect(processExitsWith: .success) {
            let limit = ResponseLimit.bars.bytes
            for kind in LargeBody.allCases {
                let before = ProcessMemory.resetPeak()
                let (name, body) = kind.make(limit)
                guard body.count <= limit, let provider = ProviderCatalog.provider(named: name) else { exit(2) }
                _ = ProcessMemory.peak
                _ = provider.error(in: body)
                _ = try? provider.parse(body, calendar: nil, asOf: Instant(seconds: 1_700_000_000))
                let growth = ProcessMemory.peak - before
                if ProcessInfo.processInfo.environment["BELLWETHER_SHOW_MEMORY"] != nil {
                    FileHandle.standardError.write(Data("\(kind): \(growth >> 20) MB for \(body.count >> 20) MB\n".utf8))
                }
                guard growth <= 3 * limit else {
                    print("\(kind): \(growth >> 20) MB for \(body.count >> 20) MB")
                    exit(3)
                }
            }
        }
    }

    /// A list of numbers and a list of small objects, at the limit of each kind of response, and at the sizes that once ended Ingest: 20 MB of
    /// ten million numbers and 64 MB of `{"a":1}`. The margin is for pages that the allocator holds besides.
    @Test func `No kind of response takes more than three times its largest body`() async {
        await #expect(processExitsWith: .success) {
            let kinds = [
                "alphavantage": [nil, "daily-adjusted", "splits", "quote", "intraday-5min"], "yahoo": [nil, "chart-5m"],
                "tiingo": [nil, "intraday-5min"], "polygon": [nil, "splits", "aggregates-5min"], "alpaca": [nil, "corporate-actions"],
                "twelvedata": [nil, "quote"], "finnhub": [nil, "quote"], "iex": [nil, "splits"],
            ]
            let providers = ProviderCatalog.names.flatMap { name in
                (kinds[name] ?? [nil]).compactMap { ProviderCatalog.provider(named: name, kind: $0) }
            }
            let limits = Set(providers.map(\.responseLimit.bytes))
            for (piece, excess) in [("1,", 20 << 20), (#"{"a":1},"#, 64 << 20)] {
                for size in limits.union([excess]) {
                    #if DEBUG
                        // A debug build takes seconds for each of these; the test above reads one of each form.
                        if size == ResponseLimit.bars.bytes { continue }
                    #endif
                    let body = LargeBody.list(of: piece, size)
                    for provider in providers where size == excess || size == provider.responseLimit.bytes {
                        let limit = provider.responseLimit.bytes
                        let before = ProcessMemory.resetPeak()
                        let error = provider.error(in: body)
                        let parsed = try? provider.parse(body, calendar: nil, asOf: Instant(seconds: 1_700_000_000))
                        let growth = ProcessMemory.peak - before
                        let isRefused = error?.kind == .malformed && parsed == nil
                        guard growth <= (size > limit ? 0 : 3 * limit) + (4 << 20), isRefused || size <= limit else {
                            print("\(provider) \(piece) \(size): \(growth >> 10) KB, \(String(describing: error))")
                            exit(3)
                        }
                    }
                }
            }
        }
    }

    @Test func `A body beyond the limit of its kind is refused by name`() {
        for provider in [("finnhub", "quote"), ("polygon", "splits"), ("tiingo", "daily")].compactMap({
            ProviderCatalog.provider(named: $0, kind: $1)
        }) {
            let body = [UInt8](repeating: UInt8(ascii: " "), count: provider.responseLimit.bytes + 1)
            let error = provider.error(in: body)
            #expect(error?.kind == .malformed && error?.detail.contains("\(provider.responseLimit.bytes)") == true, "\(provider.kind)")
            #expect(throws: ProviderError.self) { try provider.parse(body, calendar: nil, asOf: Instant(seconds: 0)) }
        }
    }

    @Test func `More rows than the limit are refused by name`() {
        let rows = ResponseLimit.bars.rows + 1
        let json = Array(("[" + String(repeating: #"{"date":"2012-01-03"},"#, count: rows).dropLast() + "]").utf8)
        #expect(ProviderCatalog.provider(named: "tiingo")?.error(in: json)?.detail.contains("60000 rows") == true)
        let csv = Array(("date,open,high,low,close\n" + String(repeating: "1,1,1,1,1\n", count: rows)).utf8)
        #expect(ProviderCatalog.provider(named: "csv")?.error(in: csv)?.detail.contains("60000 rows") == true)
    }

    @Test func `A text beyond the limit is refused by name`() {
        let body = Array((#"[{"date":""# + String(repeating: "x", count: 70_000) + #""}]"#).utf8)
        #expect(ProviderCatalog.provider(named: "tiingo")?.error(in: body)?.detail == "a text of more than 65535 bytes")
    }

    @Test func `Of many rows that break one rule the first thousand are kept, and the others are counted`() throws {
        let body = Array(("[" + String(repeating: #"{"date":"x"},"#, count: 5000).dropLast() + "]").utf8)
        let provider = try #require(ProviderCatalog.provider(named: "tiingo"))
        let parsed = try provider.parse(body, calendar: nil, asOf: Instant(seconds: 1_700_000_000))
        #expect(parsed.flaggedRows.filter { $0.rule == ValidationRuleName.badDate }.count == 1001)
        #expect(parsed.flaggedRows.count == 1001 && parsed.flaggedRows.last?.omitted == 3999)
    }
}

/// The memory of this process, from `/proc/self`.
private enum ProcessMemory {
    /// The largest resident size in bytes since the start or `resetPeak`.
    static var peak: Int { kilobytes("VmHWM") * 1024 }

    /// Starts a new measurement; returns the resident size.
    static func resetPeak() -> Int {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        return kilobytes("VmRSS") * 1024
    }

    private static func kilobytes(_ name: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
