/// c[row][column] += Σ over panels and lanes of a[panel][row][lane] · b[panel · 16 + lane][column]: a weight gradient.
///
/// - Parameters:
///   - a: panels of at least `rows` rows, `aStride` registers apart; `rows` is a multiple of 4.
///   - b: one row of `columns` registers per sample, the transposed activations.
///   - c: rows × columns registers, row-major.
///   - columns: registers per row, not floats.
package func accumulateOuterProduct(
    _ a: UnsafePointer<Float8>, aStride: Int, rows: Int, b: UnsafePointer<Float8>, columns: Int, into c: UnsafeMutablePointer<Float8>,
    panels: Int
) {
    precondition(rows % 4 == 0)
    let factors = OuterFactors(a: a, aStride: aStride, b: b, columns: columns, panels: panels)
    var column = 0
    while column + 4 <= columns || column + 2 == columns {
        var row = 0
        while row + 6 <= rows {
            factors.accumulate(SixRows<DoubleRow>.self, row, column, c)
            row += 6
        }
        if row + 4 == rows { factors.accumulate(FourRows<DoubleRow>.self, row, column, c) }
        if row + 2 == rows { factors.accumulate(TwoRows<DoubleRow>.self, row, column, c) }
        column += 2
    }
    for row in stride(from: 0, to: rows, by: 4) {
        if column + 3 == columns { factors.accumulate(FourRows<TripleRow>.self, row, column, c) }
        if column + 1 == columns { factors.accumulate(FourRows<SingleRow>.self, row, column, c) }
    }
}

private struct OuterFactors {
    let a: UnsafePointer<Float8>
    let aStride: Int
    let b: UnsafePointer<Float8>
    let columns, panels: Int

    @inline(__always)
    func accumulate<T: Tile>(_ type: T.Type, _ row: Int, _ column: Int, _ c: UnsafeMutablePointer<Float8>) {
        let target = c + row * columns + column
        var tile = T { T.Row(target + $0 * columns) }
        var b = b + column
        for panel in 0..<panels {
            var factor = UnsafeRawPointer(a + panel * aStride + row * 2).assumingMemoryBound(to: Float.self)
            for _ in 0..<panelWidth {
                tile.addProduct(factor, panelWidth, b)
                b += columns
                factor += 1
            }
        }
        tile.store(target, columns)
    }
}
