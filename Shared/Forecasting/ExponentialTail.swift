#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// e^x for x ≤ 0, the shape of both tails of a forecast.
func tail(_ x: Double) -> Double { exp(min(x, 0)) }
