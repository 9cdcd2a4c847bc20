/// Conversions, sums and products of numbers that come from outside: a provider's figure, a header's value, a member of an event or of a
/// file's header. None of them clamps or traps; what does not fit is nil.
extension FixedWidthInteger {
    /// A number without its fraction; nil for NaN, infinities and numbers outside of the type's range.
    @inlinable
    package init?(checked number: Double) { self.init(exactly: number.rounded(.towardZero)) }

    /// The product; nil when it does not fit.
    @inlinable
    package func checkedProduct(_ other: Self) -> Self? {
        let (product, overflows) = multipliedReportingOverflow(by: other)
        return overflows ? nil : product
    }

    /// The sum; nil when it does not fit.
    @inlinable
    package func checkedSum(_ other: Self) -> Self? {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? nil : sum
    }
}

extension Sequence where Element: FixedWidthInteger {
    /// The product of all elements, 1 without any; nil when it does not fit.
    package func checkedProduct() -> Element? { reduce(1 as Element?) { $0?.checkedProduct($1) } }
}
