import Formats
import Market

/// Rounds a provider's floating-point price to a multiple of the tick in which it was traded.
///
/// Yahoo's figures are single-precision values of split-adjusted prices: 227.78 arrives as 227.77999877929688, and 411.23 after two
/// splits as 14.68678569793701. Multiplied by the split factor, the value is exact to about one unit in the last place of single precision
/// times the factor. The price is the multiple of the coarsest tick (10⁻², 10⁻³ … 10⁻²²) within that distance that is not zero. This
/// restores cents, the eighths to sixty-fourths of the years before 2001, and the seven digits of a coin at 10⁻⁹.
enum TickRounding {
    /// The price of a value; nil where it is no price.
    ///
    /// `factor` is the split factor by which the provider divided; `resolution` is the absolute rounding of the value (six decimals for amounts).
    static func price(_ value: Double, times factor: Double = 1, resolution: Double = 0) -> Price? {
        let whole = value * factor
        let tolerance = (abs(value) * 0x1p-23 + resolution) * factor
        for decimals in 2...22 {
            let rounded = whole.rounded(toDecimals: decimals)
            if rounded != 0, abs(rounded - whole) <= tolerance { return Price(rounded) }
        }
        return Price(whole)
    }
}
