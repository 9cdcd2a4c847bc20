/// What a provider's price is.
package enum PriceBasis: String, Hashable, Sendable, Codable {
    /// What buyers paid on the day.
    case asTraded = "as-traded"
    /// Divided by the splits since.
    case splitAdjusted = "split-adjusted"
    /// Dividends since taken out as well.
    case totalReturn = "total-return"
    /// Adjusted by the provider, brought back to as traded with the actions known when it was fetched.
    case unadjusted
}
