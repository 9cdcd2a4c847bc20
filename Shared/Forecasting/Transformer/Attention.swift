import Kernels

/// Scaled dot-product attention among the tokens of each sample, several heads side by side: P = softmax(Q Kᵀ / √d), mix = P V.
final class Attention {
    private let tokens, width, heads: Int
    private let probabilities, dropped, scoreGradient: LaneBuffer

    init(tokens: Int, width: Int, heads: Int) {
        self.tokens = tokens
        self.width = width
        self.heads = heads
        probabilities = LaneBuffer(count: heads * tokens * tokens * 2)
        dropped = LaneBuffer(count: tokens * tokens * 2)
        scoreGradient = LaneBuffer(count: tokens * tokens * 2)
    }

    private var depth: Int { width / heads }
    private var size: Int { tokens * tokens * 2 }
    private var scale: Float { 1 / Float(depth).squareRoot() }

    private func square(_ base: UnsafeMutablePointer<Float8>) -> LaneMatrix { LaneMatrix(base, rowStride: tokens * 2, columnStride: 2) }

    /// One head's columns of a token-major panel, offset by `part` widths.
    private func columns(_ rows: PanelRows, _ head: Int, part: Int = 0) -> LaneMatrix {
        LaneMatrix(rows.base + (part * width + head * depth) * 2, rowStride: rows.stride, columnStride: 2)
    }

    /// - Parameters:
    ///   - projected: one panel per token, rows Q, K, V.
    ///   - mixed: receives the heads' mix, one panel per token.
    func forward(_ projected: PanelRows, into mixed: PanelRows, dropout: Dropout?, site: Int) {
        for head in 0..<heads {
            let p = probabilities.lanes + head * size
            lanewiseProduct(
                columns(projected, head), columns(projected, head, part: 1).transposed, into: square(p), rows: tokens, columns: tokens,
                depth: depth)
            forEachRow { Softmax.forward(p + $0, count: tokens, stride: 2, scale: scale) }
            let weights = drop(p, dropout, site + head)
            lanewiseProduct(
                square(weights), columns(projected, head, part: 2), into: columns(mixed, head), rows: tokens, columns: depth, depth: tokens)
        }
    }

    /// Computes ∂L/∂(Q, K, V) from ∂L/∂mix, with the dropout of `forward`.
    func backward(_ mixedGradient: PanelRows, _ projected: PanelRows, into gradient: PanelRows, dropout: Dropout?, site: Int) {
        let scores = square(scoreGradient.lanes)
        for head in 0..<heads {
            let p = probabilities.lanes + head * size
            let g = columns(mixedGradient, head)
            let weights = drop(p, dropout, site + head)
            lanewiseProduct(
                square(weights).transposed, g, into: columns(gradient, head, part: 2), rows: tokens, columns: depth, depth: tokens)
            lanewiseProduct(
                g, columns(projected, head, part: 2).transposed, into: scores, rows: tokens, columns: tokens, depth: depth)
            if let dropout { dropout.apply(scores.base, site: site + head, into: scores.base, count: size) }
            forEachRow {
                Softmax.backward(scores.base + $0, probabilities: p + $0, count: tokens, stride: 2, scale: scale)
            }
            lanewiseProduct(
                scores, columns(projected, head, part: 1), into: columns(gradient, head), rows: tokens, columns: depth, depth: tokens)
            lanewiseProduct(
                scores.transposed, columns(projected, head), into: columns(gradient, head, part: 1), rows: tokens, columns: depth,
                depth: tokens)
        }
    }

    private func drop(_ p: UnsafeMutablePointer<Float8>, _ dropout: Dropout?, _ site: Int) -> UnsafeMutablePointer<Float8> {
        guard let dropout else { return p }
        dropout.apply(p, site: site, into: dropped.lanes, count: size)
        return dropped.lanes
    }

    /// Calls `body` with the place of every row of scores, for each half of a panel.
    private func forEachRow(_ body: (Int) -> Void) {
        for row in 0..<tokens {
            body(row * tokens * 2)
            body(row * tokens * 2 + 1)
        }
    }
}
