import Formats

/// A positive price: the decimal that a provider sent, held as the nearest double.
///
/// A double tells all decimals of up to fifteen significant digits apart, at every magnitude. So a price keeps the provider's digits for a coin
/// at 10⁻⁹ as for the adjusted price of a fund after thirteen reverse splits, which units of a fixed size do not. Its shortest text reads
/// back as the same double, and Postgres (`float8`), JSON and CSV carry that double or that text, so that a price is equal by value on both
/// sides of each of them. A mantissa and an exponent would say the same in two columns, and every consumer would have to combine them.
///
/// A price is never zero, negative, infinite or NaN, nor outside of `range`: such a number is refused, never replaced by another one.
package struct Price: Hashable, Sendable {
    /// The prices that can be held. From 10⁻¹² to 10¹⁵ is what instruments are quoted at; the rest is for prices adjusted by large splits.
    package static let range = 1e-15...1e18

    package let double: Double

    /// The price of a number; nil outside of `range` and for NaN.
    package init?(_ double: Double) {
        guard Price.range.contains(double) else { return nil }
        self.double = double
    }

    /// The price times a factor; nil where the product is no price.
    package func scaled(by factor: PriceFactor) -> Price? { Price(factor.scaled(double)) }
}

extension Price: Comparable {
    package static func < (left: Price, right: Price) -> Bool { left.double < right.double }
}

extension Price: CustomStringConvertible {
    /// Decimal text without an exponent and without trailing zeros, such as `411.23` or `0.0000000013`.
    package var description: String { DecimalText.plain(double) }
}
