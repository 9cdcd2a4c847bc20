/// Replaces a column by its natural logarithms: error below 2 ulp (fdlibm's `log`: s = f / (2 + f), a polynomial in s²).
///
/// For normal positive numbers; NaN for values that are not finite. Writes up to three elements past the end.
func logarithms(_ column: UnsafeMutablePointer<Double>, _ count: Int) { logarithms(column, into: column, count) }

/// Not inlined: beside blends the optimiser would halve the vectors.
@inline(never)
func logarithms(_ values: UnsafeMutablePointer<Double>, into column: UnsafeMutablePointer<Double>, _ count: Int) {
    var i = 0
    while i &+ 4 < count {
        let (a, b) = (logarithm(values.double4(i)), logarithm(values.double4(i &+ 4)))
        column.store(a, i)
        column.store(b, i &+ 4)
        i &+= 8
    }
    if i < count { column.store(logarithm(values.double4(i)), i) }
}

@inline(__always)
private func logarithm(_ x: Double4) -> Double4 {
    let bits = unsafeBitCast(x, to: SIMD4<UInt64>.self)
    let shifted = bits &+ SIMD4(repeating: 0x3FF0_0000_0000_0000 &- rootHalf)
    let exponent =
        unsafeBitCast((shifted &>> SIMD4(repeating: 52)) | SIMD4(repeating: 0x4330_0000_0000_0000), to: Double4.self)
        - Double4(repeating: 4_503_599_627_370_496 + 1023)
    let mantissa = (shifted & SIMD4(repeating: 0x000F_FFFF_FFFF_FFFF)) &+ SIMD4(repeating: rootHalf)
    // x · 0 is NaN for values that are not finite.
    let f = unsafeBitCast(mantissa, to: Double4.self) + Double4(repeating: -1).addingProduct(x, Double4(repeating: 0))
    let s = f / (f + 2)
    let z = s * s
    let w = z * z
    let p = Double4(repeating: 6.666666666666735130e-01).addingProduct(z, Double4(repeating: 3.999999999940941908e-01))
        .addingProduct(
            w, Double4(repeating: 2.857142874366239149e-01).addingProduct(z, Double4(repeating: 2.222219843214978396e-01)))
    let q = Double4(repeating: 1.818357216161805012e-01).addingProduct(z, Double4(repeating: 1.531383769920937332e-01))
        .addingProduct(w, Double4(repeating: 1.479819860510658591e-01))
    // ln(1 + f) = f - s (f - z p).
    let mantissaLog = f - s * (f - z * p.addingProduct(w * w, q))
    return mantissaLog.addingProduct(exponent, Double4(repeating: FeatureBlock.log2))
}

/// e^x of four values: relative error ≤ 4e-16 for |x| ≤ 700. NaN stays NaN.
@inline(__always)
func exponential(_ x: Double4) -> Double4 {
    let magic = Double4(repeating: 6_755_399_441_055_744)
    let shifted = magic.addingProduct(x, Double4(repeating: 1.442695040888963407))
    let n = shifted - magic
    let r = x.addingProduct(n, Double4(repeating: -6.93147180369123816490e-01))
        .addingProduct(n, Double4(repeating: -1.90821492927058770002e-10))
    var p = Double4(repeating: 1.6059043836821613e-10)
    p = Double4(repeating: 2.08767569878681e-09).addingProduct(p, r)
    p = Double4(repeating: 2.505210838544172e-08).addingProduct(p, r)
    p = Double4(repeating: 2.755731922398589e-07).addingProduct(p, r)
    p = Double4(repeating: 2.7557319223985893e-06).addingProduct(p, r)
    p = Double4(repeating: 2.48015873015873e-05).addingProduct(p, r)
    p = Double4(repeating: 0.0001984126984126984).addingProduct(p, r)
    p = Double4(repeating: 0.001388888888888889).addingProduct(p, r)
    p = Double4(repeating: 0.008333333333333333).addingProduct(p, r)
    p = Double4(repeating: 0.041666666666666664).addingProduct(p, r)
    p = Double4(repeating: 0.16666666666666666).addingProduct(p, r)
    p = Double4(repeating: 0.5).addingProduct(p, r)
    p = Double4(repeating: 1).addingProduct(p, r)
    p = Double4(repeating: 1).addingProduct(p, r)
    let power = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< SIMD4(repeating: 52)
    return unsafeBitCast(unsafeBitCast(p, to: SIMD4<UInt64>.self) &+ power, to: Double4.self) + (x - x)
}

/// The greater value in each lane; NaN in `x` stays.
@inline(__always)
func greater(_ x: Double4, _ y: Double4) -> Double4 { x.replacing(with: y, where: x .< y) }

/// The lesser value in each lane; NaN in `x` stays.
@inline(__always)
func lesser(_ x: Double4, _ y: Double4) -> Double4 { x.replacing(with: y, where: y .< x) }

/// √½ as bits: the mantissas' range is √½ … √2.
private let rootHalf: UInt64 = 0x3FE6_A09E_667F_3BCD
