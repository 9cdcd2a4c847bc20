/// A matrix for products with single vectors, lanes along its rows: blocks of 64 rows, column after column.
package final class VectorMatrix {
    private static let blockRegisters = 8

    package let rows, depth: Int
    private let buffer: LaneBuffer

    /// Copies `source[row * rowStride + k]`, element (row, k).
    ///
    /// - Parameter rows: a multiple of 8.
    package init(_ source: UnsafePointer<Float>, rows: Int, depth: Int, rowStride: Int) {
        precondition(rows % 8 == 0)
        self.rows = rows
        self.depth = depth
        buffer = LaneBuffer(floats: rows * depth)
        var target = buffer.floats
        for first in stride(from: 0, to: rows, by: Self.blockRegisters * 8) {
            let width = min(Self.blockRegisters * 8, rows - first)
            for k in 0..<depth {
                for row in 0..<width { target[k * width + row] = source[(first + row) * rowStride + k] }
            }
            target += width * depth
        }
    }

    /// y[row] = start[row] + Σ_k a[row][k] x[k]; bit-identical to `panelProduct`.
    ///
    /// - Parameter backward: visits the blocks in reverse. When calls alternate, the last blocks are still in the first-level cache.
    package func product(
        _ x: UnsafePointer<Float>, from start: UnsafePointer<Float8>, into y: UnsafeMutablePointer<Float8>, backward: Bool
    ) {
        let registers = rows / 8
        let blocks = (registers + Self.blockRegisters - 1) / Self.blockRegisters
        for number in 0..<blocks {
            let first = (backward ? blocks - 1 - number : number) * Self.blockRegisters
            let width = min(Self.blockRegisters, registers - first)
            let a = UnsafePointer(buffer.lanes + first * depth)
            if width == Self.blockRegisters {
                var tile = FourRows { DoubleRow(start + first + 2 * $0) }
                for k in 0..<depth {
                    let factor = Float8(repeating: x[k])
                    tile.forEachRow { $1.addProduct(factor, DoubleRow(a + k * 8 + 2 * $0)) }
                }
                tile.store(y + first, 2)
            } else {
                for register in 0..<width {
                    var sum = start[first + register]
                    for k in 0..<depth { sum.addProduct(Float8(repeating: x[k]), a[k * width + register]) }
                    y[first + register] = sum
                }
            }
        }
    }

    /// The products with many vectors, y[i] = bias + A x[i]; bit-identical to single products.
    ///
    /// - Parameters:
    ///   - x: `count` vectors of `depth` floats, one after the other.
    ///   - y: `count` vectors of `rows` floats.
    package func products(_ x: UnsafePointer<Float>, count: Int, bias: UnsafePointer<Float8>, into y: UnsafeMutablePointer<Float8>) {
        let registers = rows / 8
        let whole = registers % Self.blockRegisters == 0 ? count / 6 * 6 : 0
        for first in stride(from: 0, to: whole, by: 6) {
            for register in stride(from: 0, to: registers, by: 2) {
                let block = register / Self.blockRegisters * Self.blockRegisters
                let a = UnsafePointer(buffer.lanes + block * depth + register - block)
                var tile = SixRows { _ in DoubleRow(bias + register) }
                for k in 0..<depth { tile.addProduct(x + first * depth + k, depth, a + k * Self.blockRegisters) }
                tile.store(y + first * registers + register, registers)
            }
        }
        for i in whole..<count { product(x + i * depth, from: bias, into: y + i * registers, backward: false) }
    }
}
