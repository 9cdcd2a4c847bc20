#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The quantile of Student's t for 0 < level < 1 and 2 degrees of freedom or more.
///
/// Hill's algorithm 396 (1970): relative error below 5e-4 at 2 degrees and 2e-4 from 2.1 on, at the levels used here.
package func studentQuantile(_ level: Double, freedom n: Double) -> Double {
    guard level != 0.5 else { return 0 }
    let p = 2 * min(level, 1 - level)
    let a = 1 / (n - 0.5)
    let b = 48 / (a * a)
    var c = ((20_700 * a / b - 98) * a - 16) * a + 96.36
    let d = ((94.5 / (b + c) - 3) / b + 1) * (a * .pi / 2).squareRoot() * n
    var y = pow(d * p, 2 / n)
    if y > 0.05 + a {
        let x = normalQuantile(p / 2)
        y = x * x
        if n < 5 { c += 0.3 * (n - 4.5) * (x + 0.6) }
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = expm1(a * y * y)
    } else {
        y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * (n + 1) / (n + 2) + 1 / y
    }
    let t = (n * y).squareRoot()
    return level < 0.5 ? -t : t
}

/// The standard normal distribution function.
package func normalProbability(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

/// The inverse of `normalProbability` for 0 < p < 1, to double precision.
///
/// Newton's steps on a start that is good in both tails (Tukey's lambda).
func normalQuantile(_ p: Double) -> Double {
    guard p < 0.5 else { return p == 0.5 ? 0 : -normalQuantile(1 - p) }
    var x = (pow(p, 0.135) - pow(1 - p, 0.135)) / 0.1975
    for _ in 0..<8 {
        let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
        let error = (normalProbability(x) - p) / density
        let step = error / (1 + x * error / 2)
        x -= step
        if abs(step) < 1e-14 { break }
    }
    return x
}

/// ln Γ(x) for x > 0: Stirling's series above 10, relative error below 1e-12, reached by recurrence.
func logGamma(_ x: Double) -> Double {
    var x = x
    var product = 1.0
    while x < 10 {
        product *= x
        x += 1
    }
    let inverse = 1 / x
    let square = inverse * inverse
    let series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1_260 - square / 1_680)))
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - log(product)
}
