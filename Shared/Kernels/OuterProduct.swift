/// c[row][column] += Σ over panels and lanes of a[panel][row][lane] · b[panel · 16 + lane][column]: a weight gradient.
///
/// - Parameters:
///   - a: panels of at least `rows` rows, `aStride` registers apart; `rows` is a multiple of 4.
///   - b: one row of `columns` registers per sample, the transposed activations.
///   - c: rows × columns registers, row-major.
///   - columns: registers per row, not floats.
package func accumulateOuterProduct(
    _ a: UnsafePointer<Lanes>, aStride: Int, rows: Int, b: UnsafePointer<Lanes>, columns: Int, into c: UnsafeMutablePointer<Lanes>, panels: Int
) {
    precondition(rows % 4 == 0)
    var column = 0
    while column < columns {
        let width = columns - column == 4 || columns - column == 2 ? 2 : min(3, columns - column)
        for row in stride(from: 0, to: rows, by: 4) {
            let target = c + row * columns + column
            switch width {
            case 3: fourByThree(a + row * 2, aStride, b + column, columns, target, panels)
            case 2: fourByTwo(a + row * 2, aStride, b + column, columns, target, panels)
            default: fourByOne(a + row * 2, aStride, b + column, columns, target, panels)
            }
        }
        column += width
    }
}

@inline(__always)
private func floats(_ lanes: UnsafePointer<Lanes>) -> UnsafePointer<Float> { UnsafeRawPointer(lanes).assumingMemoryBound(to: Float.self) }

@inline(__always)
private func fourByThree(
    _ a: UnsafePointer<Lanes>, _ aStride: Int, _ b: UnsafePointer<Lanes>, _ columns: Int, _ c: UnsafeMutablePointer<Lanes>, _ panels: Int
) {
    let r1 = c + columns, r2 = r1 + columns, r3 = r2 + columns
    var c00 = c[0], c01 = c[1], c02 = c[2], c10 = r1[0], c11 = r1[1], c12 = r1[2]
    var c20 = r2[0], c21 = r2[1], c22 = r2[2], c30 = r3[0], c31 = r3[1], c32 = r3[2]
    var b = b
    for panel in 0..<panels {
        let f = floats(a + panel * aStride)
        for lane in 0..<panelWidth {
            let b0 = b[0], b1 = b[1], b2 = b[2]
            var s = Lanes(repeating: f[lane])
            c00.addProduct(s, b0)
            c01.addProduct(s, b1)
            c02.addProduct(s, b2)
            s = Lanes(repeating: f[lane + 16])
            c10.addProduct(s, b0)
            c11.addProduct(s, b1)
            c12.addProduct(s, b2)
            s = Lanes(repeating: f[lane + 32])
            c20.addProduct(s, b0)
            c21.addProduct(s, b1)
            c22.addProduct(s, b2)
            s = Lanes(repeating: f[lane + 48])
            c30.addProduct(s, b0)
            c31.addProduct(s, b1)
            c32.addProduct(s, b2)
            b += columns
        }
    }
    (c[0], c[1], c[2]) = (c00, c01, c02)
    (r1[0], r1[1], r1[2]) = (c10, c11, c12)
    (r2[0], r2[1], r2[2]) = (c20, c21, c22)
    (r3[0], r3[1], r3[2]) = (c30, c31, c32)
}

@inline(__always)
private func fourByTwo(
    _ a: UnsafePointer<Lanes>, _ aStride: Int, _ b: UnsafePointer<Lanes>, _ columns: Int, _ c: UnsafeMutablePointer<Lanes>, _ panels: Int
) {
    let r1 = c + columns, r2 = r1 + columns, r3 = r2 + columns
    var c00 = c[0], c01 = c[1], c10 = r1[0], c11 = r1[1], c20 = r2[0], c21 = r2[1], c30 = r3[0], c31 = r3[1]
    var b = b
    for panel in 0..<panels {
        let f = floats(a + panel * aStride)
        for lane in 0..<panelWidth {
            let b0 = b[0], b1 = b[1]
            var s = Lanes(repeating: f[lane])
            c00.addProduct(s, b0)
            c01.addProduct(s, b1)
            s = Lanes(repeating: f[lane + 16])
            c10.addProduct(s, b0)
            c11.addProduct(s, b1)
            s = Lanes(repeating: f[lane + 32])
            c20.addProduct(s, b0)
            c21.addProduct(s, b1)
            s = Lanes(repeating: f[lane + 48])
            c30.addProduct(s, b0)
            c31.addProduct(s, b1)
            b += columns
        }
    }
    (c[0], c[1], r1[0], r1[1]) = (c00, c01, c10, c11)
    (r2[0], r2[1], r3[0], r3[1]) = (c20, c21, c30, c31)
}

@inline(__always)
private func fourByOne(
    _ a: UnsafePointer<Lanes>, _ aStride: Int, _ b: UnsafePointer<Lanes>, _ columns: Int, _ c: UnsafeMutablePointer<Lanes>, _ panels: Int
) {
    var c0 = c[0], c1 = c[columns], c2 = c[2 * columns], c3 = c[3 * columns]
    var b = b
    for panel in 0..<panels {
        let f = floats(a + panel * aStride)
        for lane in 0..<panelWidth {
            c0.addProduct(Lanes(repeating: f[lane]), b[0])
            c1.addProduct(Lanes(repeating: f[lane + 16]), b[0])
            c2.addProduct(Lanes(repeating: f[lane + 32]), b[0])
            c3.addProduct(Lanes(repeating: f[lane + 48]), b[0])
            b += columns
        }
    }
    (c[0], c[columns], c[2 * columns], c[3 * columns]) = (c0, c1, c2, c3)
}
