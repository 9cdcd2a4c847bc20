import Market

/// The unit that a provider quotes in: some quote in pence, cents or agorot and say so by a label of their own.
package struct CurrencyUnit {
    /// ISO 4217 code of the whole unit; nil when the provider does not say.
    package let code: String?
    /// How many quoted units make one whole.
    let perWhole: Int64

    package init(label: String?) {
        switch label {
        case "GBp", "GBX", "GBx": (code, perWhole) = ("GBP", 100)
        case "ZAc", "ZAC": (code, perWhole) = ("ZAR", 100)
        case "ILA": (code, perWhole) = ("ILS", 100)
        case "KWF": (code, perWhole) = ("KWD", 1000)
        default: (code, perWhole) = (label, 1)
        }
    }

    func major(_ price: Price) -> Price { Price(units: price.units / perWhole) }
}
