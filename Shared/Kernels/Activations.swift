/// Vectorised transcendental functions. The stated errors hold over all finite inputs and are tested against double precision.
package enum Activation {
    /// Sigmoid by tanh: absolute error ≤ 2e-7.
    @inline(__always)
    static func sigmoid(_ x: Lanes) -> Lanes {
        let half = Lanes(repeating: 0.5)
        return half.addingProduct(half, tanh(x * half))
    }

    /// Rational minimax of degree 7/8 on ±7.95: absolute error ≤ 4e-7.
    @inline(__always)
    static func tanh(_ value: Lanes) -> Lanes {
        let limit = Lanes(repeating: 7.95)
        let x = clamped(value, -limit, limit)
        let x2 = x * x
        var p = Lanes(repeating: 1.134779445e-05)
        p = Lanes(repeating: 2.942189545e-03).addingProduct(x2, p)
        p = Lanes(repeating: 1.291672242e-01).addingProduct(x2, p)
        p = Lanes(repeating: 9.999993937e-01).addingProduct(x2, p)
        var q = Lanes(repeating: 2.436094170e-07)
        q = Lanes(repeating: 2.375108932e-04).addingProduct(x2, q)
        q = Lanes(repeating: 2.377743769e-02).addingProduct(x2, q)
        q = Lanes(repeating: 4.624982422e-01).addingProduct(x2, q)
        q = Lanes(repeating: 1).addingProduct(x2, q)
        return x * p / q
    }

    /// Reduction to ±ln 2 / 2 and a polynomial of degree 5 (Cephes' `expf`): relative error ≤ 3e-7; 0 below -87, saturates above 88.
    @inline(__always)
    static func exp(_ value: Lanes) -> Lanes {
        let x = clamped(value, Lanes(repeating: -87.3), Lanes(repeating: 88.3))
        let magic = Lanes(repeating: 12_582_912)
        let shifted = magic.addingProduct(x, Lanes(repeating: 1.44269504088896341))
        let n = shifted - magic
        var r = x.addingProduct(n, Lanes(repeating: -0.693359375))
        r = r.addingProduct(n, Lanes(repeating: 2.12194440e-4))
        var p = Lanes(repeating: 1.9875691500e-4)
        p = Lanes(repeating: 1.3981999507e-3).addingProduct(r, p)
        p = Lanes(repeating: 8.3334519073e-3).addingProduct(r, p)
        p = Lanes(repeating: 4.1665795894e-2).addingProduct(r, p)
        p = Lanes(repeating: 1.6666665459e-1).addingProduct(r, p)
        p = Lanes(repeating: 5.0000001201e-1).addingProduct(r, p)
        p = (r + Lanes(repeating: 1)).addingProduct(r * r, p)
        let power = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
        let result = unsafeBitCast(unsafeBitCast(p, to: SIMD8<Int32>.self) &+ power, to: Lanes.self)
        return result.replacing(with: 0, where: value .< Lanes(repeating: -87.3))
    }

    /// x Φ(x) and its derivative Φ(x) + x φ(x), Φ by formula 7.1.26 of Abramowitz and Stegun: absolute errors ≤ 1e-6 for |x| ≤ 10.
    @inline(__always)
    static func gelu(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
        let one = Lanes(repeating: 1)
        let magnitude = x.replacing(with: -x, where: x .< 0)
        let t = one / one.addingProduct(magnitude, Lanes(repeating: 0.3275911 * 0.70710678118654752))
        let bell = exp(x * x * Lanes(repeating: -0.5))
        var p = Lanes(repeating: 1.061405429)
        p = Lanes(repeating: -1.453152027).addingProduct(t, p)
        p = Lanes(repeating: 1.421413741).addingProduct(t, p)
        p = Lanes(repeating: -0.284496736).addingProduct(t, p)
        p = Lanes(repeating: 0.254829592).addingProduct(t, p)
        let upperTail = p * t * bell * Lanes(repeating: 0.5)
        let phi = (one - upperTail).replacing(with: upperTail, where: x .< 0)
        return (x * phi, phi.addingProduct(x * Lanes(repeating: 0.39894228040143268), bell))
    }

    /// Replaces `count` registers by their GELU, and writes its derivative beside it.
    package static func gelu(_ values: UnsafeMutablePointer<Lanes>, slopes: UnsafeMutablePointer<Lanes>, count: Int) {
        for i in 0..<count { (values[i], slopes[i]) = gelu(values[i]) }
    }

    /// NaN stays NaN. Written as blends: `pointwiseMin` is a call per register.
    @inline(__always)
    private static func clamped(_ x: Lanes, _ low: Lanes, _ high: Lanes) -> Lanes {
        x.replacing(with: low, where: x .< low).replacing(with: high, where: x .> high)
    }

    /// Replaces `count` registers by their sigmoid, tanh or exponential.
    package static func sigmoid(_ values: UnsafeMutablePointer<Lanes>, count: Int) { for i in 0..<count { values[i] = sigmoid(values[i]) } }
    package static func tanh(_ values: UnsafeMutablePointer<Lanes>, count: Int) { for i in 0..<count { values[i] = tanh(values[i]) } }
    package static func exp(_ values: UnsafeMutablePointer<Lanes>, count: Int) { for i in 0..<count { values[i] = exp(values[i]) } }
}
