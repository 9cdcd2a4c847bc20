/// A matrix whose elements are registers, one lane per sample: a factor of the products within attention.
package struct LaneMatrix {
    package let base: UnsafeMutablePointer<Float8>
    /// Registers from one row, or column, to the next.
    package let rowStride, columnStride: Int

    package init(_ base: UnsafeMutablePointer<Float8>, rowStride: Int, columnStride: Int) {
        self.base = base
        self.rowStride = rowStride
        self.columnStride = columnStride
    }

    /// The transposed matrix over the same memory.
    package var transposed: LaneMatrix { LaneMatrix(base, rowStride: columnStride, columnStride: rowStride) }
}

/// Computes c = a b in every lane; sums run in the order of the inner index. c's rows are a multiple of 4, its elements pairs of registers.
///
/// - Parameter depth: the number of a's columns and of b's rows.
package func lanewiseProduct(_ a: LaneMatrix, _ b: LaneMatrix, into c: LaneMatrix, rows: Int, columns: Int, depth: Int) {
    precondition(rows % 4 == 0)
    for row in stride(from: 0, to: rows, by: 4) {
        for column in 0..<columns {
            var left = UnsafePointer(a.base + row * a.rowStride)
            var right = UnsafePointer(b.base + column * b.columnStride)
            var low = FourRows { _ in SingleRow(repeating: 0) }
            var high = low
            for _ in 0..<depth {
                low.addProduct(left, a.rowStride, lanewise: right)
                high.addProduct(left + 1, a.rowStride, lanewise: right + 1)
                left += a.columnStride
                right += b.rowStride
            }
            let target = c.base + row * c.rowStride + column * c.columnStride
            low.store(target, c.rowStride)
            high.store(target + 1, c.rowStride)
        }
    }
}
