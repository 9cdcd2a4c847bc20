package import Market

/// The rules by which one provider spells symbols. The default: `BRK.B`, `^GSPC`, `EUR/USD`, `BTC/USD`, New York only.
package struct SymbolRules: Sendable {
    /// The form of a pair: the text before, between and after its halves.
    package struct Pair: Sendable {
        var prefix = "", sign = "/", suffix = ""

        package init(prefix: String = "", sign: String = "/", suffix: String = "") {
            (self.prefix, self.sign, self.suffix) = (prefix, sign, suffix)
        }
    }

    /// The separator between a share and its class.
    let classSign: Character
    /// The suffix of a share by the MIC of its exchange; the key XNYS means all exchanges of New York, which have no suffix by default.
    let suffixes: [String: String]
    let indexPrefix: String
    let currencies, crypto: Pair
    /// The kinds of instruments for which the provider has no data.
    let lacks: Set<Ticker.Kind>
    let isLowerCase: Bool
    /// Whether every exchange is known and has no suffix, as in a user's own files.
    let hasEveryExchange: Bool

    package init(
        classSign: Character = ".", suffixes: [String: String] = [:], indexPrefix: String = "^", currencies: Pair = Pair(),
        crypto: Pair = Pair(), lacks: Set<Ticker.Kind> = [], isLowerCase: Bool = false, hasEveryExchange: Bool = false
    ) {
        self.classSign = classSign
        self.suffixes = suffixes
        self.indexPrefix = indexPrefix
        self.currencies = currencies
        self.crypto = crypto
        self.lacks = lacks
        self.isLowerCase = isLowerCase
        self.hasEveryExchange = hasEveryExchange
    }
}
