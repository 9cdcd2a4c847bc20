import Formats

/// A factor by which prices are multiplied, such as new shares over old shares.
///
/// Numerator and denominator are kept apart, so that the ratios of many splits multiply without rounding.
package struct PriceFactor: Hashable, Sendable {
    package private(set) var numerator, denominator: Double

    package init(_ numerator: Double = 1, over denominator: Double = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }

    package var value: Double { numerator / denominator }
    package var inverse: PriceFactor { PriceFactor(denominator, over: numerator) }

    package static func * (left: PriceFactor, right: PriceFactor) -> PriceFactor {
        PriceFactor(left.numerator * right.numerator, over: left.denominator * right.denominator)
    }

    package static func *= (left: inout PriceFactor, right: PriceFactor) { left = left * right }

    /// A number times the factor, rounded once: to the decimal of at most twelve significant digits within 10⁻¹³ of the product, or
    /// else to fifteen digits.
    ///
    /// So a decimal of at most twelve digits returns from its product with a factor and the product with the inverse factor, whichever of the
    /// two is the longer one: 10.01 from 30.03 ÷ 3 as well as 16.04 from 5.34666666666667 × 3.
    package func scaled(_ number: Double) -> Double {
        guard numerator != denominator else { return number }
        let product = number * numerator / denominator
        let short = product.rounded(toSignificantDigits: 12)
        // The comparison is the same in both directions: number and product change places.
        let (left, right) = (number * numerator, short * denominator)
        return abs(left - right) <= 1e-13 * max(left, right) ? short : product.rounded(toSignificantDigits: 15)
    }
}
