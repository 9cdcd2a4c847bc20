/// Grows the trees of one booster over the same rows and stores each row's current quantile. Used by one thread.
final class TreeGrower {
    private struct Leaf {
        var rows: Range<Int>
        /// The index of the leaf's histogram.
        var slot: Int
        var split: SplitHistogram.Split?
        /// The parent node and side; nil for the root.
        var parent: (node: Int, left: Bool)?
    }

    private let bins: [UInt8]
    private let cuts: FeatureBins
    private let targets: [Float]
    private let level: Double
    private let settings: QuantileBooster.Settings
    private let inputs: Int
    private let histogramSize: Int
    private var current: [Float]
    private var entries: [UInt64]
    private var sampled: [Int32] = []
    private var unsampled: [Int32] = []
    private var order: [Int32]
    private var scratch: [Int32]
    private var residuals: [Float]
    private var histograms: [UInt64]

    init(
        bins: [UInt8], _ cuts: FeatureBins, targets: [Float], level: Double, _ settings: QuantileBooster.Settings, columns: Int,
        start: Float
    ) {
        self.bins = bins
        self.cuts = cuts
        self.targets = targets
        self.level = level
        self.settings = settings
        inputs = cuts.bounds.count
        histogramSize = columns * FeatureBins.count
        current = [Float](repeating: start, count: targets.count)
        entries = [UInt64](repeating: 0, count: targets.count)
        order = [Int32](repeating: 0, count: targets.count)
        scratch = order
        residuals = current
        histograms = [UInt64](repeating: 0, count: histogramSize * settings.leaves)
    }

    /// Draws the rows of the next tree, each with probability `threshold` / 65,536.
    func sample(threshold: UInt64, _ random: inout RandomGenerator) {
        sampled.removeAll(keepingCapacity: true)
        unsampled.removeAll(keepingCapacity: true)
        var bits: UInt64 = 0
        for row in targets.indices {
            bits = row & 3 == 0 ? random.next() : bits >> 16
            if bits & 0xFFFF < threshold { sampled.append(Int32(row)) } else { unsampled.append(Int32(row)) }
        }
    }

    /// Grows one tree on the sampled rows and moves every row's quantile by it.
    func grow(_ columns: [Int]) -> QuantileTree {
        for row in targets.indices { entries[row] = SplitHistogram.entry(below: targets[row] <= current[row]) }
        order.replaceSubrange(0..<sampled.count, with: sampled)
        var tree = QuantileTree(leaves: [])
        var leaves = [Leaf(rows: 0..<sampled.count, slot: 0, split: nil, parent: nil)]
        fill(leaves[0], columns)
        leaves[0].split = bestSplit(leaves[0], columns)
        while leaves.count < settings.leaves, let chosen = bestLeaf(leaves), let split = leaves[chosen].split {
            let leaf = leaves[chosen]
            let node = tree.nodes.count
            link(&tree, leaf.parent, to: node)
            let column = columns[split.column]
            tree.nodes.append(
                QuantileTree.Node(
                    input: column,
                    threshold: split.bin < cuts.bounds[column].count ? cuts.bounds[column][split.bin] : .greatestFiniteMagnitude,
                    missingLeft: split.missingLeft, left: 0, right: 0))
            let middle = leaf.rows.lowerBound + split.leftRows
            partition(leaf.rows, column, split)
            var left = Leaf(rows: leaf.rows.lowerBound..<middle, slot: leaf.slot, split: nil, parent: (node, true))
            var right = Leaf(rows: middle..<leaf.rows.upperBound, slot: leaf.slot, split: nil, parent: (node, false))
            if left.rows.count < right.rows.count { left.slot = leaves.count } else { right.slot = leaves.count }
            if leaves.count + 1 < settings.leaves {
                fillSmaller(left.rows.count < right.rows.count ? left : right, parent: leaf.slot, columns)
                left.split = bestSplit(left, columns)
                right.split = bestSplit(right, columns)
            }
            leaves[chosen] = left
            leaves.append(right)
        }
        for (i, leaf) in leaves.enumerated() {
            link(&tree, leaf.parent, to: ~i)
            tree.leaves.append(finalizeLeaf(leaf.rows))
        }
        updateUnsampled(tree)
        return tree
    }

    private func bestLeaf(_ leaves: [Leaf]) -> Int? {
        leaves.indices.filter { leaves[$0].split != nil }.max { (leaves[$0].split?.gain ?? 0) < (leaves[$1].split?.gain ?? 0) }
    }

    private func link(_ tree: inout QuantileTree, _ parent: (node: Int, left: Bool)?, to child: Int) {
        guard let parent else { return }
        if parent.left { tree.nodes[parent.node].left = child } else { tree.nodes[parent.node].right = child }
    }

    private func bestSplit(_ leaf: Leaf, _ columns: [Int]) -> SplitHistogram.Split? {
        histograms.withUnsafeBufferPointer { histograms in
            guard let base = histograms.baseAddress, leaf.rows.count >= 2 * settings.leastRows else { return nil }
            return SplitHistogram.best(
                base + leaf.slot * histogramSize, columns: columns.count, level: level, leastRows: Double(settings.leastRows),
                penalty: settings.penalty)
        }
    }

    private func fill(_ leaf: Leaf, _ columns: [Int]) {
        histograms.withUnsafeMutableBufferPointer { histograms in
            order.withUnsafeBufferPointer { order in
                bins.withUnsafeBufferPointer { bins in
                    entries.withUnsafeBufferPointer { entries in
                        columns.withUnsafeBufferPointer { columns in
                            guard let target = histograms.baseAddress, let bins = bins.baseAddress, let entries = entries.baseAddress else {
                                return
                            }
                            let part = target + leaf.slot * histogramSize
                            part.update(repeating: 0, count: histogramSize)
                            SplitHistogram.add(
                                UnsafeBufferPointer(rebasing: order[leaf.rows]), bins: bins, stride: inputs, columns: columns,
                                entries: entries, to: part)
                        }
                    }
                }
            }
        }
    }

    /// Fills the smaller child's histogram; the sibling's is the parent's less the child's.
    private func fillSmaller(_ leaf: Leaf, parent: Int, _ columns: [Int]) {
        fill(leaf, columns)
        histograms.withUnsafeMutableBufferPointer { histograms in
            guard let base = histograms.baseAddress else { return }
            let (small, large) = (base + leaf.slot * histogramSize, base + parent * histogramSize)
            for i in 0..<histogramSize { large[i] &-= small[i] }
        }
    }

    /// Moves the rows that go left to the front; the order within each side stays.
    private func partition(_ rows: Range<Int>, _ column: Int, _ split: SplitHistogram.Split) {
        var goesLeft = [UInt8](repeating: 0, count: FeatureBins.count)
        for bin in 0...split.bin { goesLeft[bin] = 1 }
        goesLeft[FeatureBins.missing] = split.missingLeft ? 1 : 0
        order.withUnsafeMutableBufferPointer { order in
            scratch.withUnsafeMutableBufferPointer { scratch in
                bins.withUnsafeBufferPointer { bins in
                    goesLeft.withUnsafeBufferPointer { goesLeft in
                        var left = rows.lowerBound
                        var right = 0
                        for i in rows {
                            let row = order[i]
                            let isLeft = Int(goesLeft[Int(bins[Int(row) &* inputs &+ column])])
                            order[left] = row
                            scratch[right] = row
                            left &+= isLeft
                            right &+= 1 &- isLeft
                        }
                        for i in 0..<right { order[left &+ i] = scratch[i] }
                    }
                }
            }
        }
    }

    /// Computes the step of a leaf, the quantile of its residuals times the rate, and adds it to the leaf's rows.
    private func finalizeLeaf(_ rows: Range<Int>) -> Float {
        order.withUnsafeBufferPointer { order in
            residuals.withUnsafeMutableBufferPointer { residuals in
                current.withUnsafeMutableBufferPointer { current in
                    targets.withUnsafeBufferPointer { targets in
                        var count = 0
                        for i in rows {
                            let row = Int(order[i])
                            residuals[count] = targets[row] - current[row]
                            count &+= 1
                        }
                        let rank = Int(level * Double(count - 1))
                        let step = settings.rate * orderStatistic(UnsafeMutableBufferPointer(rebasing: residuals[..<count]), rank)
                        for i in rows { current[Int(order[i])] += step }
                        return step
                    }
                }
            }
        }
    }

    /// Adds the tree's steps to the rows that were not sampled.
    private func updateUnsampled(_ tree: QuantileTree) {
        guard !tree.nodes.isEmpty else {
            for row in unsampled { current[Int(row)] += tree.leaves[0] }
            return
        }
        let nodes = tree.nodes.map { node in
            (
                input: node.input, bin: cuts.bin(node.threshold, column: node.input), missingLeft: node.missingLeft, left: node.left,
                right: node.right
            )
        }
        bins.withUnsafeBufferPointer { bins in
            nodes.withUnsafeBufferPointer { nodes in
                for row in unsampled {
                    let base = Int(row) &* inputs
                    var next = 0
                    while next >= 0 {
                        let node = nodes[next]
                        let bin = bins[base &+ node.input]
                        let left = bin == FeatureBins.missing ? node.missingLeft : bin <= node.bin
                        next = left ? node.left : node.right
                    }
                    current[Int(row)] += tree.leaves[~next]
                }
            }
        }
    }
}

/// The value of one rank (0 = smallest) by Hoare's selection; reorders the buffer.
func orderStatistic(_ values: UnsafeMutableBufferPointer<Float>, _ rank: Int) -> Float {
    var low = 0
    var high = values.count - 1
    while low < high {
        let pivot = values[(low + high) / 2]
        var i = low
        var j = high
        while i <= j {
            while values[i] < pivot { i &+= 1 }
            while values[j] > pivot { j &-= 1 }
            if i <= j {
                values.swapAt(i, j)
                i &+= 1
                j &-= 1
            }
        }
        if rank <= j { high = j } else if rank >= i { low = i } else { break }
    }
    return values[rank]
}
