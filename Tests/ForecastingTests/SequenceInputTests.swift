import Foundation
import Kernels
import Market
import Testing

@testable import Forecasting

@Suite struct SequenceInputTests {
    private func history(sessions: Int) throws -> History {
        var random = RandomGenerator(seed: 11)
        let layout = FeatureLayout(version: "v", names: ["z1", "gap", "lvol"], sequence: [0, 2])
        return try History(
            id: "S", layout: layout, sessions: (0..<sessions).map(SyntheticMarket.date),
            features: (0..<3 * sessions).map { _ in random.symmetric(2) },
            logLevel: (0..<sessions).map { _ in Double(random.symmetric(1)) },
            sigma97: (0..<sessions).map { $0 < 60 ? .nan : 0.01 + 0.01 * Double(random.uniform()) },
            blend: (0..<sessions).map { $0 < 60 ? .nan : 0.01 + 0.01 * Double(random.uniform()) })
    }

    @Test(arguments: [-20..<40, 50..<110, 300..<360]) func `The rows of a window have the inputs of the tabular models`(
        _ rows: Range<Int>
    ) throws {
        let history = try history(sessions: 400)
        let tabular = TabularInputs(history.layout)
        let names = SequenceScaling.names(history.layout)
        let scaling = SequenceScaling(
            featureVersion: "v", names: names, mean: names.map { _ in 0 }, deviation: names.map { _ in 1 })
        let written = LaneBuffer(floats: rows.count * 8)
        written.clear()
        scaling.write(history, rows: rows, into: written.floats, stride: 8)
        for (place, row) in rows.enumerated() {
            let raw = row < 0 ? [] : tabular.values(history, row: row)
            let expected: [Float] = row < 0 ? names.map { _ in 0 } : ([raw[0], raw[2]] + raw[3...]).map { $0.isFinite ? $0 : 0 }
            #expect((0..<names.count).map { written.floats[place * 8 + $0] } == expected, "row \(row)")
        }
    }

    @Test func `A forecast needs no rows beyond its lookback`() throws {
        let set = TrainingSet(
            histories: try SyntheticMarket.histories(count: 5, sessions: 600, effect: 0.5), cut: SyntheticMarket.date(599))
        var configuration = SyntheticMarket.small
        (configuration.rounds, configuration.window) = (1, 60)
        let model = try LSTM.fit(set, configuration, seed: 3)
        let whole = try history(sessions: 500)
        let layout = SyntheticMarket.layout
        func cut(_ first: Int) throws -> History {
            try History(
                id: "S", layout: layout, sessions: Array(whole.sessions[first...]), features: Array(whole.features[(3 * first)...]),
                logLevel: Array(whole.logLevel[first...]), sigma97: Array(whole.sigma97[first...]), blend: Array(whole.blend[first...]))
        }
        let short = try cut(500 - LSTM.lookback)
        #expect(try model.forecast(cut(0), at: 499) == model.forecast(short, at: short.count - 1))
    }
}

@Suite struct HeadShrinkageTests {
    private let reference: [Double] = [
        -1.6, -1.3, -0.7, 0, 0.7, 1.3, 1.6, -1.6, -1.3, -0.7, 0, 0.7, 1.3, 1.6, -1.6, -1.3, -0.7, 0, 0.7, 1.3, 1.6,
    ]

    /// Rows of half and of double width, and z drawn from them; the net distinguishes them from the second horizon on.
    private func rows(_ count: Int) -> (outputs: [Float], targets: [Float]) {
        var random = RandomGenerator(seed: 2)
        var outputs: [Float] = []
        var targets: [Float] = []
        for row in 0..<count {
            let scale: Float = row % 2 == 0 ? 0.5 : 2
            for horizon in 0..<3 {
                var normal: Float = -6
                for _ in 0..<12 { normal += random.uniform() }
                targets.append(scale * normal)
                let netScale: Float = horizon == 0 ? 1 / scale : scale
                for level in 0..<7 { outputs.append(Float(reference[level]) * netScale) }
            }
        }
        return (outputs, targets)
    }

    @Test func `Shrinkage leaves a head that helps and removes one that harms`() {
        let (outputs, targets) = rows(4_000)
        let shrinkage = HeadShrinkage(outputs: outputs, targets: targets, reference: reference)
        #expect(shrinkage.weights[0] == 0)
        #expect(shrinkage.weights[1] > 0.85)
        #expect(shrinkage.weights[2] > 0.85)
    }

    @Test func `The shrunk nets outputs lie between the reference and the nets own`() throws {
        let net = LSTMNet(SequenceShape(inputs: 8, hidden: 16, window: 20))
        var random = RandomGenerator(seed: 4)
        net.initialise(&random, headBias: reference.map { $0 * 1.4 })
        let data = RandomWindows(net.shape, count: 3)
        let before = try #require(withExtendedLifetime(data) { net.outputs(ofSmallBatch: data.windows) })
        let (outputs, targets) = rows(400)
        let shrinkage = HeadShrinkage(outputs: outputs, targets: targets, reference: reference)
        shrinkage.apply(to: net.head, of: net.parameters, reference: reference)
        net.pack()
        let after = try #require(withExtendedLifetime(data) { net.outputs(ofSmallBatch: data.windows) })
        for (i, (old, new)) in zip(before, after).enumerated() {
            let start = reference[i % 21], weight = shrinkage.weights[i % 21 / 7]
            let expected = start + weight * (Double(old) - start)
            #expect(abs(Double(new) - expected) < 1e-5)
        }
    }
}
