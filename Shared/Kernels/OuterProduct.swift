/// c[row][column] += Σ over panels and lanes of a[panel][row][lane] · b[panel · 16 + lane][column]: a weight gradient.
///
/// - Parameters:
///   - a: panels of at least `rows` rows, `aStride` registers apart; `rows` is a multiple of 8.
///   - b: one row of `columns` registers per sample, the transposed activations.
///   - c: rows × columns registers, row-major.
///   - columns: registers per row, not floats.
package func accumulateOuterProduct(
    _ a: UnsafePointer<Lanes>, aStride: Int, rows: Int, b: UnsafePointer<Lanes>, columns: Int, into c: UnsafeMutablePointer<Lanes>,
    panels: Int
) {
    precondition(rows % 8 == 0)
    var column = 0
    while column + 2 <= columns {
        var row = 0
        while row + 6 <= rows {
            sixByTwo(a + row * 2, aStride, b + column, columns, c + row * columns + column, panels)
            row += 6
        }
        while row < rows {
            twoByTwo(a + row * 2, aStride, b + column, columns, c + row * columns + column, panels)
            row += 2
        }
        column += 2
    }
    if column < columns {
        for row in stride(from: 0, to: rows, by: 8) {
            eightByOne(a + row * 2, aStride, b + column, columns, c + row * columns + column, panels)
        }
    }
}

@inline(__always)
private func sixByTwo(
    _ a: UnsafePointer<Lanes>, _ aStride: Int, _ b: UnsafePointer<Lanes>, _ columns: Int, _ c: UnsafeMutablePointer<Lanes>, _ panels: Int
) {
    var c00 = c[0]
    var c01 = c[1]
    var c10 = c[columns]
    var c11 = c[columns + 1]
    var c20 = c[2 * columns]
    var c21 = c[2 * columns + 1]
    var c30 = c[3 * columns]
    var c31 = c[3 * columns + 1]
    var c40 = c[4 * columns]
    var c41 = c[4 * columns + 1]
    var c50 = c[5 * columns]
    var c51 = c[5 * columns + 1]
    var b = b
    for panel in 0..<panels {
        var f = UnsafeRawPointer(a + panel * aStride).assumingMemoryBound(to: Float.self)
        for _ in 0..<panelWidth {
            let b0 = b[0], b1 = b[1]
            var s = Lanes(repeating: f[0])
            c00.addProduct(s, b0)
            c01.addProduct(s, b1)
            s = Lanes(repeating: f[16])
            c10.addProduct(s, b0)
            c11.addProduct(s, b1)
            s = Lanes(repeating: f[32])
            c20.addProduct(s, b0)
            c21.addProduct(s, b1)
            s = Lanes(repeating: f[48])
            c30.addProduct(s, b0)
            c31.addProduct(s, b1)
            s = Lanes(repeating: f[64])
            c40.addProduct(s, b0)
            c41.addProduct(s, b1)
            s = Lanes(repeating: f[80])
            c50.addProduct(s, b0)
            c51.addProduct(s, b1)
            b += columns
            f += 1
        }
    }
    c[0] = c00
    c[1] = c01
    c[columns] = c10
    c[columns + 1] = c11
    c[2 * columns] = c20
    c[2 * columns + 1] = c21
    c[3 * columns] = c30
    c[3 * columns + 1] = c31
    c[4 * columns] = c40
    c[4 * columns + 1] = c41
    c[5 * columns] = c50
    c[5 * columns + 1] = c51
}

@inline(__always)
private func twoByTwo(
    _ a: UnsafePointer<Lanes>, _ aStride: Int, _ b: UnsafePointer<Lanes>, _ columns: Int, _ c: UnsafeMutablePointer<Lanes>, _ panels: Int
) {
    var c00 = c[0]
    var c01 = c[1]
    var c10 = c[columns]
    var c11 = c[columns + 1]
    var b = b
    for panel in 0..<panels {
        var f = UnsafeRawPointer(a + panel * aStride).assumingMemoryBound(to: Float.self)
        for _ in 0..<panelWidth {
            let b0 = b[0], b1 = b[1]
            var s = Lanes(repeating: f[0])
            c00.addProduct(s, b0)
            c01.addProduct(s, b1)
            s = Lanes(repeating: f[16])
            c10.addProduct(s, b0)
            c11.addProduct(s, b1)
            b += columns
            f += 1
        }
    }
    c[0] = c00
    c[1] = c01
    c[columns] = c10
    c[columns + 1] = c11
}

@inline(__always)
private func eightByOne(
    _ a: UnsafePointer<Lanes>, _ aStride: Int, _ b: UnsafePointer<Lanes>, _ columns: Int, _ c: UnsafeMutablePointer<Lanes>, _ panels: Int
) {
    var c00 = c[0]
    var c10 = c[columns]
    var c20 = c[2 * columns]
    var c30 = c[3 * columns]
    var c40 = c[4 * columns]
    var c50 = c[5 * columns]
    var c60 = c[6 * columns]
    var c70 = c[7 * columns]
    var b = b
    for panel in 0..<panels {
        var f = UnsafeRawPointer(a + panel * aStride).assumingMemoryBound(to: Float.self)
        for _ in 0..<panelWidth {
            let b0 = b[0]
            var s = Lanes(repeating: f[0])
            c00.addProduct(s, b0)
            s = Lanes(repeating: f[16])
            c10.addProduct(s, b0)
            s = Lanes(repeating: f[32])
            c20.addProduct(s, b0)
            s = Lanes(repeating: f[48])
            c30.addProduct(s, b0)
            s = Lanes(repeating: f[64])
            c40.addProduct(s, b0)
            s = Lanes(repeating: f[80])
            c50.addProduct(s, b0)
            s = Lanes(repeating: f[96])
            c60.addProduct(s, b0)
            s = Lanes(repeating: f[112])
            c70.addProduct(s, b0)
            b += columns
            f += 1
        }
    }
    c[0] = c00
    c[columns] = c10
    c[2 * columns] = c20
    c[3 * columns] = c30
    c[4 * columns] = c40
    c[5 * columns] = c50
    c[6 * columns] = c60
    c[7 * columns] = c70
}
