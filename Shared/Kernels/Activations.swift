/// Vectorised activation functions. The stated errors hold for all finite inputs and are tested against double precision.
package enum Activation {
    /// The sigmoid, from tanh: absolute error ≤ 2e-7.
    @inline(__always)
    static func sigmoid(_ x: Float8) -> Float8 {
        let half = Float8(repeating: 0.5)
        return half.addingProduct(half, tanh(x * half))
    }

    /// The hyperbolic tangent by a rational minimax approximation of degree 7/8 on ±7.95: absolute error ≤ 4e-7.
    @inline(__always)
    static func tanh(_ value: Float8) -> Float8 {
        let limit = Float8(repeating: 7.95)
        let x = clamped(value, -limit, limit)
        let x2 = x * x
        var p = Float8(repeating: 1.134779445e-05)
        p = Float8(repeating: 2.942189545e-03).addingProduct(x2, p)
        p = Float8(repeating: 1.291672242e-01).addingProduct(x2, p)
        p = Float8(repeating: 9.999993937e-01).addingProduct(x2, p)
        var q = Float8(repeating: 2.436094170e-07)
        q = Float8(repeating: 2.375108932e-04).addingProduct(x2, q)
        q = Float8(repeating: 2.377743769e-02).addingProduct(x2, q)
        q = Float8(repeating: 4.624982422e-01).addingProduct(x2, q)
        q = Float8(repeating: 1).addingProduct(x2, q)
        return x * p / q
    }

    /// e^x by reduction to ±ln 2 / 2 and a polynomial of degree 5 (Cephes' `expf`): relative error ≤ 3e-7; 0 below −87, constant above 88.
    @inline(__always)
    static func exp(_ value: Float8) -> Float8 {
        let x = clamped(value, Float8(repeating: -87.3), Float8(repeating: 88.3))
        let magic = Float8(repeating: 12_582_912)
        let shifted = magic.addingProduct(x, Float8(repeating: 1.44269504088896341))
        let n = shifted - magic
        var r = x.addingProduct(n, Float8(repeating: -0.693359375))
        r = r.addingProduct(n, Float8(repeating: 2.12194440e-4))
        var p = Float8(repeating: 1.9875691500e-4)
        p = Float8(repeating: 1.3981999507e-3).addingProduct(r, p)
        p = Float8(repeating: 8.3334519073e-3).addingProduct(r, p)
        p = Float8(repeating: 4.1665795894e-2).addingProduct(r, p)
        p = Float8(repeating: 1.6666665459e-1).addingProduct(r, p)
        p = Float8(repeating: 5.0000001201e-1).addingProduct(r, p)
        p = (r + Float8(repeating: 1)).addingProduct(r * r, p)
        let power = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
        let result = unsafeBitCast(unsafeBitCast(p, to: SIMD8<Int32>.self) &+ power, to: Float8.self)
        return result.replacing(with: 0, where: value .< Float8(repeating: -87.3))
    }

    /// GELU, x Φ(x), and its derivative Φ(x) + x φ(x): absolute errors ≤ 1e-6 for |x| ≤ 10. Φ is formula 7.1.26 of Abramowitz and Stegun.
    @inline(__always)
    static func gelu(_ x: Float8) -> (value: Float8, slope: Float8) {
        let one = Float8(repeating: 1)
        let magnitude = x.replacing(with: -x, where: x .< 0)
        let t = one / one.addingProduct(magnitude, Float8(repeating: 0.3275911 * 0.70710678118654752))
        let gaussian = exp(x * x * Float8(repeating: -0.5))
        var p = Float8(repeating: 1.061405429)
        p = Float8(repeating: -1.453152027).addingProduct(t, p)
        p = Float8(repeating: 1.421413741).addingProduct(t, p)
        p = Float8(repeating: -0.284496736).addingProduct(t, p)
        p = Float8(repeating: 0.254829592).addingProduct(t, p)
        let upperTail = p * t * gaussian * Float8(repeating: 0.5)
        let phi = (one - upperTail).replacing(with: upperTail, where: x .< 0)
        return (x * phi, phi.addingProduct(x * Float8(repeating: 0.39894228040143268), gaussian))
    }

    /// Replaces `count` registers by their GELU, and writes the derivatives to `slopes`.
    package static func gelu(_ values: UnsafeMutablePointer<Float8>, slopes: UnsafeMutablePointer<Float8>, count: Int) {
        for i in 0..<count { (values[i], slopes[i]) = gelu(values[i]) }
    }

    /// Limits every lane to a range; NaN stays NaN. Written as blends, because `pointwiseMin` is a function call per register.
    @inline(__always)
    private static func clamped(_ x: Float8, _ low: Float8, _ high: Float8) -> Float8 {
        x.replacing(with: low, where: x .< low).replacing(with: high, where: x .> high)
    }
}
