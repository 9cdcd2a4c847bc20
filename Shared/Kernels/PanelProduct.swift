/// The left factor of a panel product, packed in blocks of six rows: `[block][k][6]`.
package struct PackedMatrix {
    package static let blockRows = 6

    package let rows, depth: Int
    package let blocks: Int
    private let buffer: LaneBuffer

    package init(rows: Int, depth: Int) {
        self.rows = rows
        self.depth = depth
        blocks = (rows + Self.blockRows - 1) / Self.blockRows
        buffer = LaneBuffer(floats: blocks * Self.blockRows * depth)
    }

    /// Rows a result needs room for: `rows` rounded up to whole blocks.
    package var paddedRows: Int { blocks * Self.blockRows }
    var values: UnsafePointer<Float> { UnsafePointer(buffer.floats) }

    /// Packs `source[row * rowStride + k * depthStride]`; strides let the transpose be packed from the same memory.
    package func pack(_ source: UnsafePointer<Float>, rowStride: Int, depthStride: Int) {
        let target = buffer.floats
        for row in 0..<rows {
            let start = row / Self.blockRows * Self.blockRows * depth + row % Self.blockRows
            for k in 0..<depth { target[start + k * Self.blockRows] = source[row * rowStride + k * depthStride] }
        }
    }
}

/// c[p][row] = bias[row] + Σ_k a[row][k] b[p][k] for each panel p, in the order of k by fused multiply-adds.
///
/// - Parameters:
///   - bias: at least `a.paddedRows` floats; nil starts at zero.
///   - b: panels of `a.depth` rows, `bStride` registers apart.
///   - c: panels of `a.paddedRows` rows, `cStride` registers apart.
package func panelProduct(
    _ a: PackedMatrix, bias: UnsafePointer<Float>?, b: UnsafePointer<Lanes>, bStride: Int, into c: UnsafeMutablePointer<Lanes>,
    cStride: Int, panels: Int
) {
    for block in 0..<a.blocks {
        let weights = a.values + block * 6 * a.depth
        for panel in 0..<panels {
            sixRows(
                weights, depth: a.depth, bias: bias.map { $0 + block * 6 }, b: b + panel * bStride, into: c + panel * cStride + block * 12)
        }
    }
}

@inline(__always)
private func sixRows(
    _ a: UnsafePointer<Float>, depth: Int, bias: UnsafePointer<Float>?, b: UnsafePointer<Lanes>, into c: UnsafeMutablePointer<Lanes>
) {
    var c00 = Lanes(repeating: bias?[0] ?? 0), c10 = Lanes(repeating: bias?[1] ?? 0), c20 = Lanes(repeating: bias?[2] ?? 0)
    var c30 = Lanes(repeating: bias?[3] ?? 0), c40 = Lanes(repeating: bias?[4] ?? 0), c50 = Lanes(repeating: bias?[5] ?? 0)
    var c01 = c00, c11 = c10, c21 = c20, c31 = c30, c41 = c40, c51 = c50
    var a = a
    var b = b
    for _ in 0..<depth {
        let b0 = b[0], b1 = b[1]
        var s = Lanes(repeating: a[0])
        c00.addProduct(s, b0)
        c01.addProduct(s, b1)
        s = Lanes(repeating: a[1])
        c10.addProduct(s, b0)
        c11.addProduct(s, b1)
        s = Lanes(repeating: a[2])
        c20.addProduct(s, b0)
        c21.addProduct(s, b1)
        s = Lanes(repeating: a[3])
        c30.addProduct(s, b0)
        c31.addProduct(s, b1)
        s = Lanes(repeating: a[4])
        c40.addProduct(s, b0)
        c41.addProduct(s, b1)
        s = Lanes(repeating: a[5])
        c50.addProduct(s, b0)
        c51.addProduct(s, b1)
        a += 6
        b += 2
    }
    c[0] = c00
    c[1] = c01
    c[2] = c10
    c[3] = c11
    c[4] = c20
    c[5] = c21
    c[6] = c30
    c[7] = c31
    c[8] = c40
    c[9] = c41
    c[10] = c50
    c[11] = c51
}
