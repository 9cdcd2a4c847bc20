/// The left factor of a panel product, packed in blocks of six rows, `[block][k][6]`, with a last block of the remaining rows.
package struct PackedMatrix {
    static let blockRows = 6

    package let rows, depth: Int
    private let buffer: LaneBuffer

    /// - Parameter rows: even.
    package init(rows: Int, depth: Int) {
        precondition(rows % 2 == 0)
        self.rows = rows
        self.depth = depth
        buffer = LaneBuffer(floats: rows * depth)
    }

    var values: UnsafePointer<Float> { UnsafePointer(buffer.floats) }

    /// Packs `source[row * rowStride + k * depthStride]`; strides let the transpose be packed from the same memory.
    package func pack(_ source: UnsafePointer<Float>, rowStride: Int, depthStride: Int) {
        var target = buffer.floats
        for first in stride(from: 0, to: rows, by: Self.blockRows) {
            let block = min(Self.blockRows, rows - first)
            for k in 0..<depth {
                for row in 0..<block { target[k * block + row] = source[(first + row) * rowStride + k * depthStride] }
            }
            target += block * depth
        }
    }
}

/// c[p][row] = bias[row] + Σ_k a[row][k] b[p][k] for each panel p, in the order of k by fused multiply-adds.
///
/// - Parameters:
///   - depth: terms of the sum; later terms of b must be zero; nil = `a.depth`.
///   - bias: `a.rows` floats; nil = zero.
///   - b: panels of `a.depth` rows, `bStride` registers apart.
///   - c: panels of `a.rows` rows, `cStride` registers apart.
package func panelProduct(
    _ a: PackedMatrix, depth: Int? = nil, bias: UnsafePointer<Float>?, b: UnsafePointer<Float8>, bStride: Int,
    into c: UnsafeMutablePointer<Float8>, cStride: Int, panels: Int
) {
    let depth = depth ?? a.depth
    // As many panels at a time as stay in the first-level cache while the matrix is read.
    let group = max(1, 384 / a.depth)
    for first in stride(from: 0, to: panels, by: group) {
        let some = min(group, panels - first)
        let b = b + first * bStride
        let c = c + first * cStride
        var row = 0
        while row + 6 <= a.rows {
            panelRows(SixRows<DoubleRow>.self, a, row, depth, bias, b, bStride, c, cStride, some)
            row += 6
        }
        if row + 4 == a.rows { panelRows(FourRows<DoubleRow>.self, a, row, depth, bias, b, bStride, c, cStride, some) }
        if row + 2 == a.rows { panelRows(TwoRows<DoubleRow>.self, a, row, depth, bias, b, bStride, c, cStride, some) }
    }
}

@inline(__always)
private func panelRows<T: Tile>(
    _ type: T.Type, _ a: PackedMatrix, _ row: Int, _ depth: Int, _ bias: UnsafePointer<Float>?, _ b: UnsafePointer<Float8>, _ bStride: Int,
    _ c: UnsafeMutablePointer<Float8>, _ cStride: Int, _ panels: Int
) where T.Row == DoubleRow {
    for panel in 0..<panels {
        var tile = T { DoubleRow(repeating: bias?[row + $0] ?? 0) }
        var weights = a.values + row * a.depth
        var b = b + panel * bStride
        for _ in 0..<depth {
            tile.addProduct(weights, 1, b)
            weights += T.rows
            b += 2
        }
        tile.store(c + panel * cStride + row * 2, 2)
    }
}
