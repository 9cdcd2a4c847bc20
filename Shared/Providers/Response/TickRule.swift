import Market

/// Rounds a provider's floating-point price to the tick that was traded.
///
/// Yahoo's figures are single-precision values of split-adjusted prices: 227.78 arrives as 227.77999877929688, and 411.23 after two
/// splits as 14.68678569793701. Multiplied back by the splits, the value is known to about one unit in the last place of its single
/// precision times the factor. The price is the multiple of the coarsest of the ticks 10⁻², 10⁻³ … 10⁻⁸ that lies within that
/// distance, which brings back cents as well as the eighths to sixty-fourths of the years before 2001.
enum TickRule {
    /// `factor` is the factor that the provider divided by; `resolution` is the absolute rounding of the value (six decimals for amounts).
    static func price(_ value: Double, times factor: Double = 1, resolution: Double = 0) -> Price {
        let whole = value * factor
        let tolerance = (abs(value) * 0x1p-23 + resolution) * factor
        var ticks = 1e2
        while ticks < 1e8 {
            let rounded = (whole * ticks).rounded() / ticks
            if abs(rounded - whole) <= tolerance { return Price(rounded) }
            ticks *= 10
        }
        return Price(whole)
    }
}
