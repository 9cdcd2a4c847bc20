import Providers
import Store

/// A provider with its request limits.
struct ConfiguredProvider: Sendable {
    let provider: any DataProvider
    /// The provider's requests for splits and dividends, where its bars contain none. They are sent first, so that the bars can be
    /// unadjusted.
    var actions: [any DataProvider] = []
    let allowance: RequestLimits.Allowance
}
