/// A binary tree over raw inputs: node 0 is the root, a child c ≥ 0 is a node, c < 0 the leaf ~c.
struct QuantileTree: Sendable, Hashable {
    struct Node: Sendable, Hashable {
        var input: Int
        /// Values at or below the threshold go left.
        var threshold: Float
        /// Whether missing values go left, as learned in training.
        var missingLeft: Bool
        var left: Int
        var right: Int
    }

    var nodes: [Node] = []
    /// The values of the leaves, at least one.
    var leaves: [Float]

    func value(_ x: UnsafePointer<Float>) -> Float {
        guard !nodes.isEmpty else { return leaves[0] }
        var next = 0
        while next >= 0 {
            let node = nodes[next]
            let v = x[node.input]
            next = (v.isFinite ? v <= node.threshold : node.missingLeft) ? node.left : node.right
        }
        return leaves[~next]
    }
}
