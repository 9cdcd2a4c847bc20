import Foundation
import Market
import Testing

@testable import Features

/// Rows as bit patterns: NaN equals NaN, and nothing else is forgiven.
func bits(_ rows: [FeatureRow]) -> [[UInt64]] {
    rows.map { row in row.values.map { UInt64($0.bitPattern) } + row.extras.map(\.bitPattern) }
}

func features(_ observations: [Observation]) -> [FeatureRow] {
    var engine = FeatureEngine()
    return observations.map { engine.append($0) }
}

@Suite struct FeatureEngineTests {
    private let bars: [Observation]

    init() {
        var random = RandomBars(seed: 7)
        bars = random.make(700)
    }

    /// Models and rows in the database hold these names: a change of the list needs a new version of the feature set.
    @Test func `The stored names of the features are those of version f1`() {
        #expect(FeatureSet.version == "f1")
        #expect(
            FeatureSet.names == [
                "z1", "z5", "z20", "z60", "z120", "mom12_1", "gap", "intraday", "range", "clv", "lsig", "v5", "v20", "v60_20", "v250_60",
                "park10", "gk20", "semi20", "maxabs20", "skew60", "rsi14", "dsma20", "dhigh250", "dlow250", "macd", "lvol", "lvol5_60",
                "amihud", "beta60", "idio", "rk5", "rk20", "rkmom", "rksig",
            ])
        #expect(SymbolFeature.allCases.map { "\($0)" } == FeatureSet.symbolNames)
        #expect(CrossSectionFeature.allCases.map { "\($0)" } == FeatureSet.crossNames)
    }

    @Test func `Later sessions change no feature`() {
        let cut = 480
        let poisoned = bars.enumerated().map { $0.offset <= cut ? $0.element : $0.element.with(prices: 3, volume: 100, dividend: 9) }
        #expect(bits(Array(features(poisoned).prefix(cut + 1))) == bits(Array(features(bars).prefix(cut + 1))))
    }

    @Test(arguments: [1, 2, 61, 251, 699])
    func `A truncated history gives the same rows`(_ count: Int) {
        #expect(bits(features(Array(bars.prefix(count)))) == bits(Array(features(bars).prefix(count))))
    }

    @Test(arguments: [[700], [1, 699], [223, 1, 224, 252], [60, 61, 130, 449]])
    func `A batch of any size has the bits of one by one`(_ sizes: [Int]) {
        var engine = FeatureEngine()
        var rows: [FeatureRow] = []
        var start = 0
        for size in sizes {
            let batch = engine.append(contentsOf: Array(bars[start..<start + size]))
            rows += (0..<size).map { batch[$0] }
            start += size
        }
        #expect(bits(rows) == bits(features(bars)))
    }

    @Test func `Streaming with copies of the state equals one batch`() {
        var engine = FeatureEngine()
        var rows: [FeatureRow] = []
        for bar in bars {
            var copy = engine
            rows.append(copy.append(bar))
            _ = engine.append(bar)
        }
        #expect(bits(rows) == bits(features(bars)))
    }

    @Test(arguments: [1, 2, 20, 60, 61, 250, 251, 333, 699])
    func `An engine from a stored state continues to the bit`(_ cut: Int) throws {
        var whole = FeatureEngine()
        for bar in bars.prefix(cut) { _ = whole.append(bar) }
        var resumed = try #require(FeatureEngine(state: whole.state))
        #expect(resumed.state == whole.state)
        #expect(whole.state.count < 10_000)
        #expect(bits(bars.dropFirst(cut).map { resumed.append($0) }) == bits(Array(features(bars).dropFirst(cut))))
        for bar in bars.dropFirst(cut) { _ = whole.append(bar) }
        #expect(resumed.state == whole.state)
    }

    @Test func `A state from night to night gives the rows of one batch`() throws {
        var state: [UInt8] = FeatureEngine().state
        var rows: [FeatureRow] = []
        for (index, bar) in bars.enumerated() {
            var engine = try #require(FeatureEngine(state: state))
            rows.append(engine.append(index == 400 ? bar.with(prices: .nan, split: 2) : bar))
            state = engine.state
        }
        let batch = bars.enumerated().map { $0.offset == 400 ? $0.element.with(prices: .nan, split: 2) : $0.element }
        #expect(bits(rows) == bits(features(batch)))
    }

    @Test func `A damaged state is rejected`() {
        let state = FeatureEngine().state
        for damaged in [[], Array(state.dropLast()), state + [0], [state[0] + 1] + state.dropFirst()] {
            #expect(FeatureEngine(state: Array(damaged)) == nil)
        }
    }

    @Test(arguments: [0.5, 2, 4])
    func `A split changes no feature`(_ ratio: Double) {
        let cut = 333
        let split = bars.enumerated().map { index, bar in
            guard index >= cut else { return bar }
            let after = bar.with(prices: 1 / ratio, volume: ratio, split: index == cut ? ratio : 1)
            let dividend = index == cut ? bar.dividend : after.dividend
            return Observation(
                session: after.session, open: after.open, high: after.high, low: after.low, close: after.close, volume: after.volume,
                split: after.split, dividend: dividend)
        }
        #expect(bits(features(split)) == bits(features(bars)))
    }

    @Test func `An odd split changes nothing beyond rounding`() {
        let cut = 400
        let split = bars.enumerated().map { index, bar in
            index < cut ? bar : bar.with(prices: 1 / 1.046, volume: 1.046, split: index == cut ? 1.046 : 1)
        }
        expectClose(features(split), features(bars), 1e-5)
    }

    @Test func `The price scale changes nothing`() {
        #expect(bits(features(bars.map { $0.with(prices: 1024) })) == bits(features(bars)))
        expectClose(features(bars.map { $0.with(prices: 1 / 37.3) }), features(bars), 1e-5)
    }

    @Test func `A bar without a price changes nothing but its split`() {
        var holed = bars
        let bad = bars[300]
        holed.insert(
            Observation(session: bad.session, open: 0, high: .nan, low: 0, close: 0, volume: 0, split: 2, dividend: 0.25), at: 300)
        let rows = features(holed)
        #expect(rows[300].values.allSatisfy { $0.isNaN })
        var merged = bars
        merged[300] = Observation(
            session: bad.session, open: bad.open, high: bad.high, low: bad.low, close: bad.close, volume: bad.volume,
            split: 2 * bad.split, dividend: 0.25 + bad.dividend * 2)
        #expect(bits(Array(rows[301...])) == bits(Array(features(merged)[300...])))
    }

    @Test func `Values are finite or missing and clipped in halts gaps and without volume`() {
        var flat = (0..<300).map { index in
            Observation(session: SessionDate(day: Int32(index)), open: 10, high: 10, low: 10, close: 10, volume: 0)
        }
        flat[280] = flat[280].with(prices: 0.4)
        for row in features(flat) {
            #expect(row.values.count == FeatureSet.symbolNames.count)
            #expect(row.values.allSatisfy { $0.isNaN || abs($0) <= 8 })
        }
    }

    /// Log returns of one percent a session and a millionth of that beside it: power sums would cancel.
    @Test func `The skewness of a steady rise is that of its deviations`() throws {
        var close = 64.0
        let steady = (0..<200).map { index in
            close *= exp(0.01 + 1e-6 * Double(index * index % 7))
            return Observation(session: SessionDate(day: Int32(index)), open: close, high: close, low: close, close: close, volume: 1000)
        }
        let column = try #require(FeatureSet.names.firstIndex(of: "skew60"))
        let rows = features(steady)
        let returns = rows.map(\.logReturn)
        for index in 60..<200 {
            let window = returns[index - 59...index]
            let mean = window.reduce(0, +) / 60
            let squares = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }, cubes = window.reduce(0) { $0 + pow($1 - mean, 3) }
            let expected = (60 * 59.0).squareRoot() / 58 * (cubes / 60) / pow(squares / 60, 1.5)
            let own = Double(rows[index].values[column])
            #expect(squares / 60 <= 1e-14 ? own.isNaN : abs(own - expected) < 1e-6, "\(own) \(expected)")
        }
    }

    @Test func `Windows start when they are four fifths full`() throws {
        let rows = features(bars)
        func firstRow(_ name: String) throws -> Int? {
            let column = try #require(FeatureSet.names.firstIndex(of: name))
            return rows.firstIndex { !$0.values[column].isNaN }
        }
        #expect(try firstRow("clv") == 0)
        #expect(try firstRow("z1") == 60)
        #expect(try firstRow("rsi14") == 11)
        #expect(try firstRow("v60_20") == 48)
        #expect(try firstRow("v250_60") == 200)
        #expect(try firstRow("z120") == 120)
        #expect(try firstRow("mom12_1") == 250)
        #expect(try firstRow("lvol") == 15)
        #expect(try firstRow("lvol5_60") == 47)
        #expect(try firstRow("amihud") == 16 + 199)
    }

    @Test func `A stored row is read back completely`() throws {
        let row = try #require(features(bars).last)
        #expect(FeatureRow(session: row.session, values: row.values, extras: row.extras) == row)
        #expect(FeatureRow(session: row.session, values: [], extras: row.extras) == nil)
    }

    @Test func `The names have fixed positions`() {
        #expect(FeatureSet.names.count == 34)
        #expect(FeatureSet.sequenceIndices.count == 20)
        #expect(FeatureSet.sequenceIndices.map { FeatureSet.names[$0] } == FeatureSet.sequenceNames)
    }

    private func expectClose(_ left: [FeatureRow], _ right: [FeatureRow], _ tolerance: Float) {
        for (a, b) in zip(left, right) {
            for (index, (x, y)) in zip(a.values, b.values).enumerated() {
                #expect(x.isNaN == y.isNaN && (x.isNaN || abs(x - y) <= tolerance), "\(FeatureSet.names[index]) \(x) \(y)")
            }
        }
    }
}
