package import Market

/// Converts between canonical tickers and one provider's spelling of them.
package struct SymbolSpelling: Sendable {
    private let provider: String
    private let rules: SymbolRules

    /// nil for an unknown provider.
    package init?(provider: String) {
        guard let rules = ProviderCatalog.traits(of: provider)?.symbols else { return nil }
        self.provider = provider
        self.rules = rules
    }

    /// The provider's spelling of a ticker; nil when the provider is not known to have the exchange or the kind of instrument.
    package func spell(_ ticker: Ticker) -> String? {
        guard !rules.lacks.contains(ticker.kind) else { return nil }
        if ticker.kind == .index, let index = IndexName.called(ticker.root) { return index.names[provider] ?? nameInOwnFile(ticker) }
        let text: String
        switch ticker.kind {
        case .share:
            guard let suffix = suffix(of: ticker.exchange) else { return nil }
            text = ticker.root + (ticker.part.isEmpty ? "" : "\(rules.classSign)\(ticker.part)") + suffix
        case .index: text = rules.indexPrefix + ticker.root
        case .currencies: text = rules.currencies.prefix + ticker.root + rules.currencies.sign + ticker.part + rules.currencies.suffix
        case .crypto: text = rules.crypto.prefix + ticker.root + rules.crypto.sign + ticker.part + rules.crypto.suffix
        }
        return rules.isLowerCase ? text.lowercased() : text
    }

    /// The canonical ticker of an index, for a user's own files; nil for any other provider.
    private func nameInOwnFile(_ ticker: Ticker) -> String? { rules.hasEveryExchange ? ticker.description : nil }

    /// The provider's spelling of a symbol written in any provider's way: `BRK.B`, `BRK-B` and `BRK/B` are the same share class, and an
    /// exchange suffix (`VOD.L`) is removed. nil as for `spell(_:)`.
    package func spell(_ name: String, on exchange: String) -> String? {
        var text = name.uppercased()
        if text.hasPrefix("I:") { text = "^" + text.dropFirst(2) }
        let key = SymbolSpelling.newYork.contains(exchange) ? "XNYS" : SymbolSpelling.markets[exchange] ?? exchange
        let suffixes = ProviderCatalog.traits.values.compactMap { $0.symbols.suffixes[key]?.uppercased() }
        if let suffix = suffixes.filter({ !$0.isEmpty && text.hasSuffix($0) && text.count > $0.count }).max(by: { $0.count < $1.count }) {
            text.removeLast(suffix.count)
        }
        guard let ticker = Ticker(text, exchange: exchange), ticker.kind != .share else { return spell(share(named: text, on: exchange)) }
        let isPair = SymbolSpelling.isCurrency(ticker.part) && ticker.kind != .index
        return spell(ticker.kind == .index || isPair ? ticker : share(named: text, on: exchange))
    }

    /// The share of a symbol. One or two characters after the last `.`, `/` or `-` are the share class; any other sign is part of the root
    /// (`BAJAJ-AUTO`, `M&M`).
    private func share(named text: String, on exchange: String) -> Ticker {
        guard let sign = text.lastIndex(where: { "./-".contains($0) }), (1...2).contains(text[sign...].count - 1), sign > text.startIndex
        else {
            return Ticker(root: text, exchange: exchange)
        }
        return Ticker(root: String(text[..<sign]), part: String(text[text.index(after: sign)...]), exchange: exchange)
    }

    /// The ticker of a provider's symbol; nil for malformed text.
    ///
    /// A pair of two fiat currencies is a currency pair; a pair whose first half is not fiat is a crypto pair.
    package func ticker(_ text: String) -> Ticker? {
        let text = text.uppercased()
        if let index = IndexName.named(text, by: provider) { return Ticker(kind: .index, root: index.root) }
        if !rules.indexPrefix.isEmpty, text.hasPrefix(rules.indexPrefix.uppercased()) {
            return Ticker("^" + text.dropFirst(rules.indexPrefix.count))
        }
        if let pair = pair(text, rules.currencies), SymbolSpelling.isFiat(pair.0), SymbolSpelling.isFiat(pair.1) {
            return Ticker(kind: .currencies, root: pair.0, part: pair.1)
        }
        if let pair = pair(text, rules.crypto), pair.1.count >= 3, !SymbolSpelling.isFiat(pair.0) {
            return Ticker(kind: .crypto, root: pair.0, part: pair.1)
        }
        let known = rules.suffixes.filter { !$0.value.isEmpty && text.hasSuffix($0.value.uppercased()) }
        let match = known.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        let body = match.map { text.dropLast($0.value.count) } ?? text[...]
        return share(body, exchange: match?.key)
    }

    private func share(_ body: Substring, exchange: String?) -> Ticker? {
        let parts = body.split(separator: rules.classSign, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ Ticker.isWord($0) }) else { return nil }
        return Ticker(root: String(parts[0]), part: parts.count == 2 ? String(parts[1]) : "", exchange: exchange)
    }

    private static let newYork = ["XNYS", "XNAS", "XASE", "ARCX", "BATS", "OOTC"]
    /// MICs of market segments, each with the MIC of its exchange, whose suffix providers use.
    private static let markets = ["XATH": "ASEX", "MTAA": "XMIL"]

    private func suffix(of exchange: String?) -> String? {
        guard let exchange, !SymbolSpelling.newYork.contains(exchange) else { return rules.suffixes["XNYS"] ?? "" }
        return rules.suffixes[SymbolSpelling.markets[exchange] ?? exchange] ?? (rules.hasEveryExchange ? "" : nil)
    }

    private func pair(_ text: String, _ form: SymbolRules.Pair) -> (String, String)? {
        let (prefix, suffix) = (form.prefix.uppercased(), form.suffix.uppercased())
        guard text.hasPrefix(prefix), text.hasSuffix(suffix), text.count > prefix.count + suffix.count else { return nil }
        let body = text.dropFirst(prefix.count).dropLast(suffix.count)
        guard let sign = form.sign.first else {
            // Without a separator, the pair is split before a known currency at its end, or else into two halves of three letters.
            guard body.count >= 6, Ticker.isWord(body) else { return nil }
            let known = [4, 3].first { body.count >= 3 + $0 && SymbolSpelling.isCurrency(String(body.suffix($0))) }
            let isMarked = prefix.count + suffix.count > 0
            // A share's symbol may look like a pair: six letters alone are a pair only with a fiat currency at the end.
            guard isMarked || known != nil && (body.count > 6 || SymbolSpelling.isFiat(String(body.suffix(3)))) else { return nil }
            guard let count = known ?? (body.count == 6 ? 3 : nil) else { return nil }
            return (String(body.dropLast(count)), String(body.suffix(count)))
        }
        let parts = body.split(separator: sign, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ Ticker.isWord($0) }) else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    private static func isCurrency(_ code: String) -> Bool { isFiat(code) || ["USDT", "USDC", "BTC", "ETH"].contains(code) }

    private static func isFiat(_ code: String) -> Bool {
        [
            "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CNY", "HKD", "INR", "KRW",
            "SGD", "MXN", "BRL", "ZAR", "TRY", "ILS", "THB", "IDR", "TWD", "MYR", "PHP", "RON", "SAR", "CLP", "COP", "ARS", "PEN",
        ].contains(code)
    }
}
