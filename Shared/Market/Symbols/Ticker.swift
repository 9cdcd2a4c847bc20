/// The canonical symbol of an instrument, the same for every provider, with the MIC of its exchange.
///
/// Text: `AAPL`, `BRK.B` (a share class after a full stop), `^GSPC` (an index), `EUR/USD` (a currency pair), `BTC-USD` (a crypto pair).
package struct Ticker: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case share
        case index
        case currencies
        case crypto
    }

    package let kind: Kind
    /// The root of a share or index, or the first half of a pair.
    package let root: String
    /// The class of a share, or the second half of a pair; empty for a share without classes and for an index.
    package let part: String
    /// ISO 10383 code; nil for New York, and for an instrument without an exchange.
    package let exchange: String?

    package init(kind: Kind = .share, root: String, part: String = "", exchange: String? = nil) {
        self.kind = kind
        self.root = root
        self.part = part
        self.exchange = exchange
    }

    /// Parses canonical text; nil for empty text and for characters other than letters, digits and one separator.
    package init?(_ text: String, exchange: String? = nil) {
        let upper = text.uppercased()
        let isIndex = upper.hasPrefix("^")
        let body = isIndex ? upper.dropFirst() : upper[...]
        for (sign, kind) in [("/", Kind.currencies), ("-", .crypto), (".", .share)] as [(Character, Kind)] {
            let parts = body.split(separator: sign, omittingEmptySubsequences: false)
            guard parts.count == 2, !isIndex else { continue }
            guard parts.allSatisfy({ Ticker.isWord($0) }) else { return nil }
            self.init(kind: kind, root: String(parts[0]), part: String(parts[1]), exchange: exchange)
            return
        }
        guard Ticker.isWord(body) else { return nil }
        self.init(kind: isIndex ? .index : .share, root: String(body), exchange: exchange)
    }

    /// Whether a text is one or more capital letters and digits.
    package static func isWord(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
    }
}

extension Ticker: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .share: part.isEmpty ? root : "\(root).\(part)"
        case .index: "^" + root
        case .currencies: "\(root)/\(part)"
        case .crypto: "\(root)-\(part)"
        }
    }
}
