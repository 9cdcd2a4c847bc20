/// y[row] = bias[row] + Σ_k a[k][row] x[k] for one sample, lanes along the rows; the order of operations, and so every bit, is that of
/// `panelProduct`.
///
/// - Parameters:
///   - columns: the transposed matrix, `depth` columns of `registers` registers.
///   - bias: `registers` registers.
package func vectorProduct(
    _ columns: UnsafePointer<Lanes>, registers: Int, depth: Int, bias: UnsafePointer<Lanes>, x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Lanes>
) {
    var row = 0
    while row + 8 <= registers {
        eightRegisters(columns + row, registers, depth, bias + row, x, y + row)
        row += 8
    }
    while row < registers {
        var sum = bias[row]
        for k in 0..<depth { sum.addProduct(Lanes(repeating: x[k]), columns[k * registers + row]) }
        y[row] = sum
        row += 1
    }
}

@inline(__always)
private func eightRegisters(
    _ a: UnsafePointer<Lanes>, _ stride: Int, _ depth: Int, _ bias: UnsafePointer<Lanes>, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Lanes>
) {
    var s0 = bias[0], s1 = bias[1], s2 = bias[2], s3 = bias[3], s4 = bias[4], s5 = bias[5], s6 = bias[6], s7 = bias[7]
    var a = a
    for k in 0..<depth {
        let v = Lanes(repeating: x[k])
        s0.addProduct(v, a[0])
        s1.addProduct(v, a[1])
        s2.addProduct(v, a[2])
        s3.addProduct(v, a[3])
        s4.addProduct(v, a[4])
        s5.addProduct(v, a[5])
        s6.addProduct(v, a[6])
        s7.addProduct(v, a[7])
        a += stride
    }
    (y[0], y[1], y[2], y[3]) = (s0, s1, s2, s3)
    (y[4], y[5], y[6], y[7]) = (s4, s5, s6, s7)
}
