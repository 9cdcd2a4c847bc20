#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// e^x for x ≤ 0 (1 above): the shape of both tails of a forecast.
func tail(_ x: Double) -> Double { exp(min(x, 0)) }

/// e^x.
func exponential(_ x: Double) -> Double { exp(x) }

/// Natural logarithm; NaN for x ≤ 0.
func logarithm(_ x: Double) -> Double { x > 0 ? log(x) : .nan }

/// Half a cosine from 1 at 0 to 0 at 1.
func cosineDecay(_ share: Double) -> Double { 0.5 * (1 + cos(.pi * min(max(share, 0), 1))) }
