import Kernels
import Market

/// Gradient-boosted quantile trees, pooled over all instruments: one booster for each of the 21 quantiles of z = y / (S √h).
///
/// Missing inputs follow the direction that each split learned. Boosters are independent of each other, so the number of threads does not
/// change the result.
package struct BoostedTrees: ForecastModel {
    package static let family = "boosted-trees"
    package static let lookback = TabularInputs.lookback

    package let metrics: [String: Double]
    let inputs: TabularInputs
    /// The start value and the trees of each output's booster.
    let starts: [Float]
    let boosters: [[QuantileTree]]
    let seed: UInt64
    let cut: String

    /// The number of threads of a training.
    static let threads = 2

    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> BoostedTrees {
        try fit(set, QuantileBooster.Settings(), threads: threads, seed: seed, deadline: deadline, progress: progress)
    }

    static func fit(
        _ set: TrainingSet, _ settings: QuantileBooster.Settings, threads: Int, seed: UInt64, deadline: ContinuousClock.Instant? = nil,
        progress: (Double) -> Void = { _ in }
    ) throws -> BoostedTrees {
        let block = try TabularSamples(set)
        let cuts = FeatureBins(block.values, inputs: block.inputs.count)
        let bins = cuts.binned(block.values)
        var boosters = [QuantileBooster?](repeating: nil, count: Quantiles.count)
        let width = Quantiles.levels.count
        // Rounds of `threads` boosters, with a check of the deadline in between.
        for first in stride(from: 0, to: Quantiles.count, by: threads) {
            if let deadline, ContinuousClock.now >= deadline { throw TrainingError.deadline }
            let parts = min(threads, Quantiles.count - first)
            boosters.withUnsafeMutableBufferPointer { boosters in
                // Safe: each part writes its own element.
                nonisolated(unsafe) let boosters = boosters
                Parallel.run(parts: parts, workers: threads) { part, _ in
                    let output = first + part
                    boosters[output] = QuantileBooster(
                        bins: bins, cuts, targets: block.targets[output / width], level: Quantiles.levels[output % width], settings,
                        seed: seed, stream: UInt64(100 + output))
                }
            }
            progress(Double(first + parts) / Double(Quantiles.count))
        }
        return BoostedTrees(
            metrics: ["training_rows": Double(block.rows)], inputs: block.inputs, starts: boosters.map { $0?.start ?? 0 },
            boosters: boosters.map { $0?.trees ?? [] }, seed: seed, cut: set.cut.description)
    }

    package func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        try inputs.check(history.layout)
        let sigma = try history.volatility(.blend, at: index)
        let z = inputs.values(history, row: index).withUnsafeBufferPointer { x in
            zip(starts, boosters).map { start, trees in
                x.baseAddress.map { x in trees.reduce(Double(start)) { $0 + Double($1.value(x)) } } ?? Double(start)
            }
        }
        return try scaledForecast(z, sigma)
    }
}

/// The artifact of boosted trees: per booster and tree a table of nodes and one of leaves, padded with zeros.
extension BoostedTrees {
    package func state() -> Artifact {
        let treeCount = boosters.map(\.count).max() ?? 0
        let leafCount = boosters.joined().map(\.leaves.count).max() ?? 1
        let nodeCount = max(leafCount - 1, 1)
        var metadata = Artifact.header(family: Self.family, seed: seed, cut: cut).merging(inputs.metadata) { $1 }
        metadata[ArtifactKey.scaling] = "none; outputs times S sqrt(h)"
        metadata["rows"] = String(Int(metrics["training_rows"] ?? 0))
        metadata["trees"] = String(treeCount)
        metadata["leaves"] = String(leafCount)
        let trees = boosters.flatMap { $0 }
        func column(_ name: String, _ value: (QuantileTree.Node) -> Float) -> Artifact.Tensor {
            let values = trees.flatMap { $0.nodes.map(value) + [Float](repeating: 0, count: nodeCount - $0.nodes.count) }
            return Artifact.Tensor(name: name, shape: [boosters.count, treeCount, nodeCount], values: values)
        }
        return Artifact(
            metadata: metadata,
            tensors: [
                .init(name: "start", shape: [starts.count], values: starts),
                .init(name: "nodes", shape: [boosters.count, treeCount], values: trees.map { Float($0.nodes.count) }),
                column("node.input") { Float($0.input) }, column("node.threshold") { $0.threshold },
                column("node.missing_left") { $0.missingLeft ? 1 : 0 }, column("node.left") { Float($0.left) },
                column("node.right") { Float($0.right) },
                .init(
                    name: "leaf.value", shape: [boosters.count, treeCount, leafCount],
                    values: trees.flatMap { $0.leaves + [Float](repeating: 0, count: leafCount - $0.leaves.count) }),
            ])
    }

    package init(state: Artifact) throws {
        try state.check(family: Self.family)
        let inputs = try TabularInputs(state)
        func number(_ key: String) throws(ArtifactError) -> Int {
            guard let value = Int(try state.text(key)), (0...1_000_000_000).contains(value) else {
                throw .mismatch("\(key) is out of range")
            }
            return value
        }
        guard let seed = UInt64(try state.text(ArtifactKey.seed)) else { throw ArtifactError.mismatch("seed is not a number") }
        let (trees, leaves) = (try number("trees"), try number("leaves"))
        guard (0...10_000).contains(trees), (1...1_024).contains(leaves) else { throw ArtifactError.mismatch("trees or leaves") }
        let shape = [Quantiles.count, trees, max(leaves - 1, 1)]
        let nodes = try NodeTable(
            input: state.values("node.input", shape: shape), threshold: state.values("node.threshold", shape: shape),
            missingLeft: state.values("node.missing_left", shape: shape), left: state.values("node.left", shape: shape),
            right: state.values("node.right", shape: shape))
        let counts = try state.values("nodes", shape: [Quantiles.count, trees])
        let values = try state.values("leaf.value", shape: [Quantiles.count, trees, leaves])
        let boosters = try (0..<Quantiles.count).map { output in
            try (0..<trees).map { tree in
                let place = output * trees + tree
                guard counts[place] >= 0, counts[place] < Float(leaves) else { throw ArtifactError.mismatch("nodes") }
                return try nodes.tree(
                    at: place * shape[2], count: Int(counts[place]), inputs: inputs.count,
                    leaves: Array(values[place * leaves..<place * leaves + Int(counts[place]) + 1]))
            }
        }
        self.init(
            metrics: ["training_rows": Double(try number("rows"))], inputs: inputs,
            starts: try state.values("start", shape: [Quantiles.count]), boosters: boosters, seed: seed,
            cut: try state.text(ArtifactKey.cut))
    }
}

/// The columns of all nodes as an artifact stores them.
private struct NodeTable {
    let input, threshold, missingLeft, left, right: [Float]

    /// - Throws: `ArtifactError.mismatch` for a node whose input does not exist or whose child does not come after it.
    func tree(at start: Int, count: Int, inputs: Int, leaves: [Float]) throws(ArtifactError) -> QuantileTree {
        var tree = QuantileTree(leaves: leaves)
        for i in 0..<count {
            let place = start + i
            let children = (left[place], right[place])
            guard (0..<Float(inputs)).contains(input[place]), [children.0, children.1].allSatisfy({ isChild($0, of: i, nodes: count) })
            else {
                throw .mismatch("node \(i) of a tree has no valid input or child")
            }
            tree.nodes.append(
                QuantileTree.Node(
                    input: Int(input[place]), threshold: threshold[place], missingLeft: missingLeft[place] != 0, left: Int(children.0),
                    right: Int(children.1)))
        }
        return tree
    }

    private func isChild(_ value: Float, of node: Int, nodes: Int) -> Bool {
        value == value.rounded() && (value < 0 ? ~Int(max(value, -2_000)) <= nodes : value > Float(node) && value < Float(nodes))
    }
}
