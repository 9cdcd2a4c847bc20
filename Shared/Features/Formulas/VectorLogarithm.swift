/// Natural logarithms, four at a time: error below 1 ulp (fdlibm's `log`: s = f / (2 + f), a polynomial in s²).
///
/// For normal positive numbers; NaN for what is not finite. Not inlined: beside blends the optimiser would halve its vectors.
@inline(never)
func logarithms(_ x: Four) -> Four {
    let bits = unsafeBitCast(x, to: SIMD4<UInt64>.self)
    let shifted = bits &+ SIMD4(repeating: 0x3FF0_0000_0000_0000 &- rootHalf)
    let exponent =
        unsafeBitCast((shifted &>> SIMD4(repeating: 52)) | SIMD4(repeating: 0x4330_0000_0000_0000), to: Four.self)
        - Four(repeating: 4_503_599_627_370_496 + 1023)
    let mantissa = (shifted & SIMD4(repeating: 0x000F_FFFF_FFFF_FFFF)) &+ SIMD4(repeating: rootHalf)
    let f = unsafeBitCast(mantissa, to: Four.self) - 1
    let s = f / (f + 2)
    let z = s * s
    let w = z * z
    let even = w * (w * (w * 1.531383769920937332e-01 + 2.222219843214978396e-01) + 3.999999999940941908e-01)
    let odd =
        z * (w * (w * (w * 1.479819860511658591e-01 + 1.818357216161805012e-01) + 2.857142874366239149e-01) + 6.666666666666735130e-01)
    let half = f * f * 0.5
    let low = s * (half + even + odd) + exponent * 1.90821492927058770002e-10
    return (exponent * 6.93147180369123816490e-01 - (half - low - f)) + (x - x)
}

/// Exponentials, four at a time: relative error ≤ 4e-16 for |x| ≤ 700. NaN stays NaN.
@inline(__always)
func exponentials(_ x: Four) -> Four {
    let magic = 6_755_399_441_055_744.0
    let shifted = x * 1.442695040888963407 + magic
    let n = shifted - magic
    let r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
    var p = Four(repeating: 1.6059043836821613e-10)
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    let power = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< SIMD4(repeating: 52)
    return unsafeBitCast(unsafeBitCast(p, to: SIMD4<UInt64>.self) &+ power, to: Four.self) + (x - x)
}

/// The square roots; written out, because the generic one is a loop of calls.
@inline(__always)
func roots(_ x: Four) -> Four { Four(x.x.squareRoot(), x.y.squareRoot(), x.z.squareRoot(), x.w.squareRoot()) }

/// Four lanes made one by one; what the optimiser turns into vector blends, where the generic comparisons and masks branch.
@inline(__always)
func lanes(_ lane: (Int) -> Double) -> Four { Four(lane(0), lane(1), lane(2), lane(3)) }

/// The greater of two lane by lane; NaN in `x` stays.
@inline(__always)
func greater(_ x: Four, _ y: Four) -> Four { lanes { x[$0] < y[$0] ? y[$0] : x[$0] } }

/// The lesser of two lane by lane; NaN in `x` stays.
@inline(__always)
func lesser(_ x: Four, _ y: Four) -> Four { lanes { y[$0] < x[$0] ? y[$0] : x[$0] } }

/// √½ as bits: the mantissas' range is √½ … √2.
private let rootHalf: UInt64 = 0x3FE6_A09E_667F_3BCD
