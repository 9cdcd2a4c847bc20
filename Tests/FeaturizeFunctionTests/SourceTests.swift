import Market
import Store
import Testing

@testable import FeaturizeFunction

/// One series consolidated from two providers.
@Suite struct SourceTests {
    let instrument = ResponseMarket.instrument(1)
    let rows: [Row]

    init() {
        var rows = ResponseMarket.rows(120, seed: 5)
        for index in rows[..<80].indices { rows[index] = rows[index].scaled(2) }
        rows[80].split = 2
        self.rows = rows
    }

    @Test func `The first source counts and the second fills gaps`() async throws {
        var harness = try await ProjectionHarness([instrument])
        try await harness.add(ResponseMarket.response(rows[..<100], about: instrument, knownAt: ResponseMarket.evening(rows[99].session)))
        // The second source differs everywhere; the first does not respond for three evenings.
        let other = rows.map { row in
            var row = row
            row.volume += 2
            return row
        }
        let evening = ResponseMarket.evening(rows[102].session)
        try await harness.add(ResponseMarket.chart(other[..<103], about: instrument, knownAt: evening))
        let bars = try await Bars(harness.database).sourced(instrument.id, .recorded(evening), precedence: ["alphavantage", "yahoo"])
        #expect(bars.map(\.source) == [String](repeating: "alphavantage", count: 100) + ["yahoo", "yahoo", "yahoo"])
        #expect(
            try await Bars(harness.database).read(instrument.id, .recorded(evening), precedence: ["yahoo"]).map(\.volume)
                == other[..<103].map { Double($0.volume) })
        #expect(try await harness.count("SELECT count(*) FROM features") == 103)

        let late = ResponseMarket.evening(rows[103].session)
        try await harness.add(ResponseMarket.response(rows[90..<104], about: instrument, knownAt: late))
        let healed = try await Bars(harness.database).sourced(instrument.id, .recorded(late), precedence: ["alphavantage", "yahoo"])
        #expect(healed.allSatisfy { $0.source == "alphavantage" } && healed.count == 104)
        var alone = try await ProjectionHarness([instrument])
        try await alone.add(ResponseMarket.response(rows[..<104], about: instrument, knownAt: late))
        #expect(try await harness.features(instrument, .recorded(late)) == alone.features(instrument, .recorded(late)))
    }

    @Test func `A split that two providers date differently counts once`() async throws {
        var moved = rows
        (moved[80].split, moved[81].split) = (1, 2)
        var harness = try await ProjectionHarness([instrument])
        let evening = ResponseMarket.evening(rows[99].session)
        try await harness.add(ResponseMarket.response(rows[..<100], about: instrument, knownAt: evening))
        let before = try await harness.features(instrument, .recorded(evening))
        try await harness.add(ResponseMarket.chart(moved[..<100], about: instrument, knownAt: evening.adding(seconds: 60)))
        #expect(try await harness.features(instrument, .recorded(evening.adding(seconds: 60))) == before)
        let series = try await ConsolidatedSeries(harness.database).read(
            instrument.id, .recorded(evening.adding(seconds: 60)), precedence: ["alphavantage", "yahoo"])
        #expect(series.actions.map(\.exDate) == [rows[62].session, rows[80].session])
    }

    @Test func `A response of the second source whose bars are not used changes no feature`() async throws {
        var harness = try await ProjectionHarness([instrument])
        let evening = ResponseMarket.evening(rows[79].session)
        try await harness.add(ResponseMarket.response(rows[..<80], about: instrument, knownAt: evening))
        let summary = try await harness.add(ResponseMarket.chart(rows[70..<80], about: instrument, knownAt: evening.adding(seconds: 60)))
        #expect(summary.bars == 10 && summary.featureRows == 0)
    }

    @Test func `A disagreement over the tolerance is reported`() async throws {
        var harness = try await ProjectionHarness([instrument])
        let evening = ResponseMarket.evening(rows[99].session)
        try await harness.add(ResponseMarket.response(rows[..<100], about: instrument, knownAt: evening))
        var other = rows
        other[40].close += 100
        other[40].high = max(other[40].high, other[40].close)
        try await harness.add(ResponseMarket.chart(other[..<100], about: instrument, knownAt: evening))
        let comparison = SourceComparison(harness.database)
        func compare(
            with other: String, tolerance: Double
        ) async throws -> SourceComparison.Result {
            let pair = try #require(try SourcePrecedence.ProviderPair(["alphavantage", other]))
            return try await comparison.compare(instrument.id, pair, from: nil, asOf: evening, tolerance: tolerance, limit: 9)
        }
        let result = try await compare(with: "yahoo", tolerance: 0.001)
        #expect(result.returns == 99 && result.disagreements == 2)
        #expect(Set(result.largest.map(\.session)) == [rows[40].session, rows[41].session])
        #expect(result.largest[0].secondReturn != result.largest[0].firstReturn)
        let tolerant = try await compare(with: "yahoo", tolerance: 0.5)
        #expect(tolerant.largest.isEmpty && tolerant.disagreements == 0 && tolerant.returns == 99)
        #expect(try await compare(with: "nobody", tolerance: 0).returns == 0)
    }
}
