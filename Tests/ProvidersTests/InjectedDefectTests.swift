import Hashing
import Market
import TestVectors
import Testing

@testable import Providers

/// Defects put at random into histories that have next to none, and how many of each kind the rules find.
@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set")) struct InjectedDefectTests {
    @Test(arguments: [1, 2] as [UInt64]) func `At least 95 % of the injected defects are found by the rule of their kind`(
        _ seed: UInt64
    ) throws {
        let histories = try DailyFile.histories("us_daily_2005_2019", volumeColumn: 7)
        var random = SplitMix64(seed: seed)
        var tally: [Defect: (found: Int, injected: Int)] = [:]
        for symbol in histories.keys.sorted() {
            for defect in Defect.allCases {
                for _ in 0..<3 {
                    var rows = histories[symbol] ?? []
                    var actions: [CorporateAction] = []
                    let index = Int.random(in: 70..<(rows.count - 70), using: &random)
                    let session = rows[index].session
                    defect.inject(into: &rows, &actions, at: index, using: &random)
                    let found = Rules.violations(rows, actions)
                        .contains { defect.rules.contains($0.rule) && abs($0.session.day - session.day) <= (defect == .noSession ? 7 : 0) }
                    tally[defect, default: (0, 0)].injected += 1
                    tally[defect, default: (0, 0)].found += found ? 1 : 0
                }
            }
        }
        for (defect, count) in tally.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            print("seed \(seed) \(defect.rawValue): \(count.found) of \(count.injected)")
            #expect(Double(count.found) >= 0.95 * Double(count.injected), "\(defect.rawValue): \(count.found) of \(count.injected)")
        }
    }

    @Test func `A real market breaks few rules`() throws {
        let violations = try DailyFile.histories("us_daily_2005_2019", volumeColumn: 7).values.flatMap { Rules.violations($0) }
        #expect(violations.count <= 41, "one in 10,000 rows")
    }

    /// Symbols and sessions that the file's description lists.
    @Test func `Every listed defect of the raw file is found with few others`() throws {
        let histories = try DailyFile.histories("sp500_5yr_raw", volumeColumn: 6)
        var found: Set<String> = []
        var others: [String: Int] = [:]
        var gaps: Set<String> = []
        for (symbol, rows) in histories {
            for violation in Rules.violations(rows) {
                if violation.rule == ValidationRuleName.missingSession { gaps.insert(symbol) }
                found.insert("\(symbol) \(violation.session)")
                let isListed = Self.listed.contains("\(symbol) \(violation.session)") || symbol == "IR"
                let isByField = [ValidationRuleName.nullField, ValidationRuleName.priceOrder, ValidationRuleName.missingSession].contains(
                    violation.rule)
                if !isListed, !isByField { others[violation.rule, default: 0] += 1 }
            }
        }
        let missed = Self.listed.filter { !found.contains($0) }
        #expect(missed.isEmpty, "\(missed)")
        let empty = histories.flatMap { symbol, rows in
            rows.filter { $0.open == nil || $0.high == nil || $0.low == nil || $0.volume == 0 }.map { "\(symbol) \($0.session)" }
        }
        #expect(empty.count == 11)
        #expect(empty.allSatisfy { found.contains($0) })
        // The list does not say so, but the file also repeats whole rows, on few days for many symbols at once: see below.
        let repeats = others.removeValue(forKey: ValidationRuleName.staleRepeat) ?? 0
        print("repeats of the row before: \(repeats)")
        #expect(others.values.reduce(0, +) <= 62, "\(others)")
        print("others: \(others), symbols with gaps: \(gaps.count)")
    }

    /// Of a row and its repetition at most one can be true: the other file says of nearly every pair that one is not.
    @Test func `Another source refutes rows that repeat the row before`() throws {
        let truth = try DailyFile.histories("us_daily_2005_2019", volumeColumn: 7).mapValues { rows in
            Dictionary(rows.map { ($0.session, $0.close ?? 0) }) { $1 }
        }
        var (pairs, refuted) = (0, 0)
        for (symbol, rows) in try DailyFile.histories("sp500_5yr_raw", volumeColumn: 6) {
            let rows = rows.sorted { $0.session < $1.session }
            for violation in Rules.violations(rows) where violation.rule == ValidationRuleName.staleRepeat {
                guard let index = rows.firstIndex(where: { $0.session == violation.session }), index > 0,
                    let first = truth[symbol]?[rows[index - 1].session], let second = truth[symbol]?[rows[index].session]
                else { continue }
                pairs += 1
                refuted += abs(second / first - 1) > 1e-4 ? 1 : 0
            }
        }
        print("repeats that the other file knows: \(pairs), refuted: \(refuted)")
        #expect(pairs > 100 && refuted * 50 >= pairs * 49)
    }

    private static let listed = [
        "LNT 2016-05-19", "EFX 2017-09-14", "FLR 2017-09-14", "MPC 2017-09-14", "MRO 2017-09-14", "NWL 2017-09-14", "DISCA 2014-08-07",
        "DISCK 2014-08-07", "BAX 2015-07-01", "NI 2015-07-02", "EBAY 2015-07-20", "A 2014-11-03", "YUM 2016-11-01", "HPE 2017-04-03",
        "HPE 2017-09-01", "CAG 2016-11-10", "DHR 2016-07-05", "ARNC 2016-11-01", "XRX 2017-01-03", "VNO 2017-07-18",
    ]
}

/// The violations that all rules find in the rows of one response.
enum Rules {
    private static let calendar = TradingCalendar.of(mic: "XNYS")

    static func violations(_ rows: [RawBar], _ actions: [CorporateAction] = []) -> [(session: SessionDate, rule: String)] {
        var collector = DailyBarCollector(calendar: calendar)
        for (ordinal, row) in rows.enumerated() {
            collector.add(row, ordinal: ordinal, isProvisional: false, text: { "" }) { values in
                values.bar(volume: values.volume) { Price($0)! }
            }
        }
        let parsed = collector.parsedResponse(currency: nil)
        let bars = parsed.bars.map { ValidatedBar($0) }
        let report = SeriesValidator(calendar: calendar).validate(bars, among: [], actions: actions)
        return parsed.flaggedRows.compactMap { row in row.session.map { ($0, row.rule) } }
            + report.violations.map { ($0.violation.session, $0.violation.rule) }
    }
}
