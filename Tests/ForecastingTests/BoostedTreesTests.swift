import Foundation
import Market
import Testing

@testable import Forecasting

@Suite struct BoostedTreesTests {
    private var small: QuantileBooster.Settings {
        var settings = QuantileBooster.Settings()
        settings.trees = 30
        settings.leastRows = 100
        settings.columnShare = 1
        return settings
    }

    private func set(effect: Double, poisonedAfter: Int? = nil, cut: Int = 1_199) throws -> TrainingSet {
        TrainingSet(
            histories: try SyntheticMarket.histories(count: 8, sessions: 1_200, effect: effect, poisonedAfter: poisonedAfter),
            cut: SyntheticMarket.date(cut))
    }

    @Test func `The result depends on the seed but not on the threads`() throws {
        let set = try set(effect: 0.5)
        let fits = try [1, 2, 3].map { try BoostedTrees.fit(set, small, threads: $0, seed: 4).state().encoded() }
        #expect(fits[0] == fits[1] && fits[0] == fits[2])
        #expect(try BoostedTrees.fit(set, small, threads: 2, seed: 5).state().encoded() != fits[0])
    }

    @Test func `Training ignores data after the cut`() throws {
        let clean = try BoostedTrees.fit(set(effect: 0.5, cut: 900), small, threads: 2, seed: 3)
        let poisoned = try BoostedTrees.fit(set(effect: 0.5, poisonedAfter: 900, cut: 900), small, threads: 2, seed: 3)
        #expect(clean.state() == poisoned.state())
    }

    /// y = ±1 by the sign of x: a booster of medians with enough steps must reproduce both sides.
    @Test func `A step is learned and missing inputs follow their own rows`() {
        var random = RandomGenerator(seed: 1)
        var values: [Float] = []
        var targets: [Float] = []
        for i in 0..<4_000 {
            let x: Float = i % 4 == 3 ? .nan : random.symmetric(1)
            values.append(x)
            targets.append((x > 0.25 || x.isNaN ? 1 : -1) + 0.1 * random.symmetric(1))
        }
        let cuts = FeatureBins(values, inputs: 1)
        let booster = QuantileBooster(
            bins: cuts.binned(values), cuts, targets: targets, level: 0.5, QuantileBooster.Settings(), seed: 1, stream: 1)
        func predict(_ x: Float) -> Float { withUnsafePointer(to: x) { x in booster.trees.reduce(booster.start) { $0 + $1.value(x) } } }
        #expect(abs(predict(0.9) - 1) < 0.1)
        #expect(abs(predict(-0.9) + 1) < 0.1)
        #expect(abs(predict(.nan) - 1) < 0.1)
        #expect(abs(predict(100) - 1) < 0.1)
    }

    @Test func `Leaves have the least rows and trees the most leaves that are set`() throws {
        let set = try set(effect: 0.5)
        let model = try BoostedTrees.fit(set, small, threads: 2, seed: 1)
        #expect(model.boosters.count == 21 && model.boosters.allSatisfy { $0.count == 30 })
        for tree in model.boosters.joined() {
            #expect(tree.leaves.count == tree.nodes.count + 1 && tree.leaves.count <= 15)
        }
    }

    @Test func `Bins and raw thresholds agree`() {
        var random = RandomGenerator(seed: 2)
        let values = (0..<5_000).map { i in i % 50 == 0 ? Float.nan : (random.symmetric(4) * 10).rounded() / 10 }
        let cuts = FeatureBins(values, inputs: 1)
        #expect(cuts.bounds[0].count <= 62)
        for value in values where value.isFinite {
            let bin = Int(cuts.bin(value, column: 0))
            #expect(bin == cuts.bounds[0].count || value <= cuts.bounds[0][bin])
            #expect(bin == 0 || value > cuts.bounds[0][bin - 1])
        }
        #expect(cuts.bin(.nan, column: 0) == 63)
    }

    @Test func `Order statistics are right with ties and in every order`() {
        var random = RandomGenerator(seed: 3)
        for size in [1, 2, 7, 100] {
            var values = (0..<size).map { _ in random.symmetric(3).rounded() }
            let sorted = values.sorted()
            for rank in 0..<size { #expect(values.withUnsafeMutableBufferPointer { orderStatistic($0, rank) } == sorted[rank]) }
        }
    }

    @Test func `A table of nodes with invalid children is an error`() throws {
        let set = try set(effect: 0.5)
        let good = try BoostedTrees.fit(set, small, threads: 2, seed: 1).state()
        #expect(try BoostedTrees(state: good).state() == good)
        for (name, value) in [("node.left", Float(0)), ("node.right", 900), ("node.input", 99), ("node.left", -900), ("nodes", 77)] {
            var bad = good
            let i = try #require(bad.tensors.firstIndex { $0.name == name })
            var values = bad.tensors[i].values
            values[0] = value
            bad.tensors[i] = Artifact.Tensor(name: name, shape: bad.tensors[i].shape, values: values)
            #expect(throws: ArtifactError.self, "\(name) = \(value)") { try BoostedTrees(state: bad) }
        }
    }
}
