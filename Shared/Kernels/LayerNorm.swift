/// Layer normalisation (Ba, Kiros and Hinton, 2016) of one panel: scales each lane's rows to mean 0 and variance 1, then applies γ and β.
package enum LayerNorm {
    package static let epsilon: Float = 1e-5

    /// - Parameters:
    ///   - x: `rows` rows of two registers.
    ///   - normed: receives (x − mean) / deviation.
    ///   - inverse: receives 1 / deviation, two registers.
    ///   - output: receives normed γ + β.
    package static func forward(
        _ x: UnsafePointer<Float8>, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, normed: UnsafeMutablePointer<Float8>,
        inverse: UnsafeMutablePointer<Float8>, output: UnsafeMutablePointer<Float8>, rows: Int
    ) {
        let share = Float8(repeating: 1 / Float(rows))
        for half in 0..<2 {
            var sum = Float8(repeating: 0)
            for row in 0..<rows { sum += x[row * 2 + half] }
            let mean = sum * share
            var squares = Float8(repeating: 0)
            for row in 0..<rows {
                let d = x[row * 2 + half] - mean
                squares.addProduct(d, d)
            }
            let r = reciprocalSquareRoot(squares * share + Float8(repeating: epsilon))
            inverse[half] = r
            for row in 0..<rows {
                let value = (x[row * 2 + half] - mean) * r
                normed[row * 2 + half] = value
                output[row * 2 + half] = Float8(repeating: beta[row]).addingProduct(Float8(repeating: gamma[row]), value)
            }
        }
    }

    /// Adds ∂L/∂x to `gradient`, and the panel's ∂L/∂γ and ∂L/∂β, one register per row, to `gammaGradient` and `betaGradient`.
    package static func backward(
        _ outputGradient: UnsafePointer<Float8>, gamma: UnsafePointer<Float>, normed: UnsafePointer<Float8>, inverse: UnsafePointer<Float8>,
        addingTo gradient: UnsafeMutablePointer<Float8>, gammaGradient: UnsafeMutablePointer<Float8>,
        betaGradient: UnsafeMutablePointer<Float8>, rows: Int
    ) {
        let share = Float8(repeating: 1 / Float(rows))
        for half in 0..<2 {
            var sum = Float8(repeating: 0), product = Float8(repeating: 0)
            for row in 0..<rows {
                let g = outputGradient[row * 2 + half], n = normed[row * 2 + half]
                betaGradient[row] += g
                gammaGradient[row].addProduct(g, n)
                let scaled = g * Float8(repeating: gamma[row])
                sum += scaled
                product.addProduct(scaled, n)
            }
            let mean = sum * share, slope = product * share, r = inverse[half]
            for row in 0..<rows {
                let scaled = outputGradient[row * 2 + half] * Float8(repeating: gamma[row])
                gradient[row * 2 + half] += (scaled - mean - normed[row * 2 + half] * slope) * r
            }
        }
    }
}

/// 1 / √x for x > 0, relative error ≤ 5e-7: three Newton steps on an estimate from the bits of x. `squareRoot()` calls libm per lane.
@inline(__always)
func reciprocalSquareRoot(_ x: Float8) -> Float8 {
    let bits = SIMD8<Int32>(repeating: 0x5F37_59DF) &- (unsafeBitCast(x, to: SIMD8<Int32>.self) &>> 1)
    var r = unsafeBitCast(bits, to: Float8.self)
    let half = x * 0.5
    for _ in 0..<3 { r *= 1.5 - half * r * r }
    return r
}
