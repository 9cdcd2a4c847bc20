package import Market

/// How one provider spells tickers, both ways.
package struct SymbolSpelling: Sendable {
    private struct Rule: Sendable {
        /// Between a share and its class.
        let classSign: Character
        /// Suffixes by MIC; New York has none.
        var suffixes: [String: String] = [:]
        var indexPrefix = "^"
        /// Between the two of a pair, with what stands around.
        var currencies = (prefix: "", sign: "/", suffix: "")
        var crypto = (prefix: "", sign: "/", suffix: "")
        /// What it cannot be asked for.
        var lacks: Set<Ticker.Kind> = []
        var isLowerCase = false
        /// Files of one's own have every exchange.
        var hasEveryExchange = false
    }

    private let provider: String
    private let rule: Rule

    /// nil for an unknown provider.
    package init?(provider: String) {
        guard let rule = SymbolSpelling.rules[provider] else { return nil }
        self.provider = provider
        self.rule = rule
    }

    /// nil when the provider does not have the exchange or the kind, as far as is known. A well-known index has its own name at each.
    package func spell(_ ticker: Ticker) -> String? {
        guard !rule.lacks.contains(ticker.kind) else { return nil }
        if ticker.kind == .index, let index = IndexName.called(ticker.root) { return index.names[provider] ?? ownFile(ticker) }
        let text: String
        switch ticker.kind {
        case .share:
            guard let suffix = suffix(of: ticker.exchange) else { return nil }
            text = ticker.root + (ticker.part.isEmpty ? "" : "\(rule.classSign)\(ticker.part)") + suffix
        case .index: text = rule.indexPrefix + ticker.root
        case .currencies: text = rule.currencies.prefix + ticker.root + rule.currencies.sign + ticker.part + rule.currencies.suffix
        case .crypto: text = rule.crypto.prefix + ticker.root + rule.crypto.sign + ticker.part + rule.crypto.suffix
        }
        return rule.isLowerCase ? text.lowercased() : text
    }

    /// Files of one's own call an index what it is called here.
    private func ownFile(_ ticker: Ticker) -> String? { rule.hasEveryExchange ? ticker.description : nil }

    /// The spelling of a name on an exchange, in whatever way it is written: `BRK.B`, `BRK-B` and `BRK/B` are one class of shares, and a
    /// suffix of the exchange (`VOD.L`) is left away. nil as above.
    package func spell(_ name: String, on exchange: String) -> String? {
        var text = name.uppercased()
        if text.hasPrefix("I:") { text = "^" + text.dropFirst(2) }
        let key = SymbolSpelling.newYork.contains(exchange) ? "XNYS" : SymbolSpelling.markets[exchange] ?? exchange
        let suffixes = SymbolSpelling.rules.values.compactMap { $0.suffixes[key]?.uppercased() }
        if let suffix = suffixes.filter({ !$0.isEmpty && text.hasSuffix($0) && text.count > $0.count }).max(by: { $0.count < $1.count }) {
            text.removeLast(suffix.count)
        }
        guard let ticker = Ticker(text, exchange: exchange), ticker.kind != .share else { return spell(share(named: text, on: exchange)) }
        let isPair = SymbolSpelling.isMoney(ticker.part) && ticker.kind != .index
        return spell(ticker.kind == .index || isPair ? ticker : share(named: text, on: exchange))
    }

    /// A class has one or two letters behind its sign; other signs (`BAJAJ-AUTO`, `M&M`) belong to the root.
    private func share(named text: String, on exchange: String) -> Ticker {
        guard let sign = text.lastIndex(where: { "./-".contains($0) }), (1...2).contains(text[sign...].count - 1), sign > text.startIndex
        else {
            return Ticker(root: text, exchange: exchange)
        }
        return Ticker(root: String(text[..<sign]), part: String(text[text.index(after: sign)...]), exchange: exchange)
    }

    /// The ticker that the provider's text means; nil for text that it would not send. A pair that could be either is one of currencies
    /// when both halves are currencies of states.
    package func ticker(_ text: String) -> Ticker? {
        let text = text.uppercased()
        if let index = IndexName.named(text, by: provider) { return Ticker(kind: .index, root: index.root) }
        if !rule.indexPrefix.isEmpty, text.hasPrefix(rule.indexPrefix.uppercased()) {
            return Ticker("^" + text.dropFirst(rule.indexPrefix.count))
        }
        if let pair = pair(text, rule.currencies), SymbolSpelling.isState(pair.0), SymbolSpelling.isState(pair.1) {
            return Ticker(kind: .currencies, root: pair.0, part: pair.1)
        }
        if let pair = pair(text, rule.crypto), pair.1.count >= 3, !SymbolSpelling.isState(pair.0) {
            return Ticker(kind: .crypto, root: pair.0, part: pair.1)
        }
        let known = rule.suffixes.filter { !$0.value.isEmpty && text.hasSuffix($0.value.uppercased()) }
        let match = known.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        let body = match.map { text.dropLast($0.value.count) } ?? text[...]
        return share(body, exchange: match?.key)
    }

    private func share(_ body: Substring, exchange: String?) -> Ticker? {
        let parts = body.split(separator: rule.classSign, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ Ticker.isWord($0) }) else { return nil }
        return Ticker(root: String(parts[0]), part: parts.count == 2 ? String(parts[1]) : "", exchange: exchange)
    }

    private static let newYork = ["XNYS", "XNAS", "XASE", "ARCX", "BATS", "OOTC"]
    /// Segments that providers do not tell from their exchange.
    private static let markets = ["XATH": "ASEX", "MTAA": "XMIL"]

    private func suffix(of exchange: String?) -> String? {
        guard let exchange, !SymbolSpelling.newYork.contains(exchange) else { return rule.suffixes["XNYS"] ?? "" }
        return rule.suffixes[SymbolSpelling.markets[exchange] ?? exchange] ?? (rule.hasEveryExchange ? "" : nil)
    }

    private func pair(_ text: String, _ form: (prefix: String, sign: String, suffix: String)) -> (String, String)? {
        let (prefix, suffix) = (form.prefix.uppercased(), form.suffix.uppercased())
        guard text.hasPrefix(prefix), text.hasSuffix(suffix), text.count > prefix.count + suffix.count else { return nil }
        let body = text.dropFirst(prefix.count).dropLast(suffix.count)
        guard let sign = form.sign.first else {
            // Without a sign a known money at the end tells the two apart, else two codes of three letters.
            guard body.count >= 6, Ticker.isWord(body) else { return nil }
            let known = [4, 3].first { body.count >= 3 + $0 && SymbolSpelling.isMoney(String(body.suffix($0))) }
            let isMarked = prefix.count + suffix.count > 0
            // A share may be called as a coin in another: six letters alone are a pair where a state's money stands behind.
            guard isMarked || known != nil && (body.count > 6 || SymbolSpelling.isState(String(body.suffix(3)))) else { return nil }
            guard let count = known ?? (body.count == 6 ? 3 : nil) else { return nil }
            return (String(body.dropLast(count)), String(body.suffix(count)))
        }
        let parts = body.split(separator: sign, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ Ticker.isWord($0) }) else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    private static func isMoney(_ code: String) -> Bool { isState(code) || ["USDT", "USDC", "BTC", "ETH"].contains(code) }

    private static func isState(_ code: String) -> Bool {
        [
            "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CNY", "HKD", "INR", "KRW",
            "SGD", "MXN", "BRL", "ZAR", "TRY", "ILS", "THB", "IDR", "TWD", "MYR", "PHP", "RON", "SAR", "CLP", "COP", "ARS", "PEN",
        ].contains(code)
    }

    private static let yahooSuffixes = [
        "XLON": ".L", "XETR": ".DE", "XFRA": ".F", "XDUS": ".DU", "XSTU": ".SG", "XHAM": ".HM", "XMUN": ".MU", "XBER": ".BE", "XRIS": ".RG",
        "XTAL": ".TL",
        "XLIT": ".VS", "XPAR": ".PA", "XAMS": ".AS", "XBRU": ".BR", "XLIS": ".LS", "XMIL": ".MI", "XMAD": ".MC",
        "XSWX": ".SW", "XWBO": ".VI", "XSTO": ".ST", "XCSE": ".CO", "XHEL": ".HE", "XOSL": ".OL", "XICE": ".IC", "XDUB": ".IR",
        "XWAR": ".WA", "XPRA": ".PR", "XBUD": ".BD", "ASEX": ".AT", "XIST": ".IS", "XTAE": ".TA", "XJSE": ".JO", "XSAU": ".SR",
        "XTKS": ".T", "XHKG": ".HK", "XSHG": ".SS", "XSHE": ".SZ", "XKRX": ".KS", "XKOS": ".KQ", "XTAI": ".TW", "XSES": ".SI",
        "XBKK": ".BK",
        "XIDX": ".JK", "XKLS": ".KL", "XPHS": ".PS", "XNSE": ".NS", "XBOM": ".BO", "XASX": ".AX", "XNZE": ".NZ", "XTSE": ".TO",
        "XTSX": ".V", "BVMF": ".SA", "XMEX": ".MX", "XBUE": ".BA", "XSGO": ".SN",
    ]

    private static let rules: [String: Rule] = [
        "yahoo": Rule(
            classSign: "-", suffixes: yahooSuffixes, currencies: (prefix: "", sign: "", suffix: "=X"),
            crypto: (prefix: "", sign: "-", suffix: "")),
        "alphavantage": Rule(
            classSign: "-",
            suffixes: [
                "XLON": ".LON", "XETR": ".DEX", "XFRA": ".FRK", "XTSE": ".TRT", "XTSX": ".TRV", "XBOM": ".BSE", "XSHG": ".SHH",
                "XSHE": ".SHZ", "XHKG": ".HKG", "BVMF": ".SAO",
            ], lacks: [.index]),
        "tiingo": Rule(
            classSign: "-", currencies: (prefix: "", sign: "", suffix: ""), crypto: (prefix: "", sign: "", suffix: ""), lacks: [.index]),
        "polygon": Rule(
            classSign: ".", indexPrefix: "I:", currencies: (prefix: "C:", sign: "", suffix: ""),
            crypto: (prefix: "X:", sign: "", suffix: "")),
        "alpaca": Rule(classSign: ".", lacks: [.index, .currencies, .crypto]),
        "twelvedata": Rule(
            classSign: ".",
            suffixes: [
                "XLON": ":LSE", "XETR": ":XETR", "XPAR": ":Euronext", "XTKS": ":JPX", "XNSE": ":NSE", "XBOM": ":BSE", "XTSE": ":TSX",
                "XASX": ":ASX", "XHKG": ":HKEX",
            ], indexPrefix: ""),
        "finnhub": Rule(
            classSign: ".", suffixes: yahooSuffixes, currencies: (prefix: "OANDA:", sign: "_", suffix: ""),
            crypto: (prefix: "BINANCE:", sign: "", suffix: "")),
        "stooq": Rule(
            classSign: "-",
            suffixes: ["XNYS": ".us", "XLON": ".uk", "XETR": ".de", "XTKS": ".jp", "XHKG": ".hk", "XWAR": "", "XBUD": ".hu"],
            currencies: (prefix: "", sign: "", suffix: ""), crypto: (prefix: "", sign: ".", suffix: ""), isLowerCase: true),
        "iex": Rule(classSign: ".", lacks: [.index, .currencies, .crypto]), "csv": Rule(classSign: ".", hasEveryExchange: true),
    ]
}
