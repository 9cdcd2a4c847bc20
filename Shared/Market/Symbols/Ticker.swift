/// The canonical name of what is traded, the same for every provider. Which exchange it trades on stands beside it (`exchange`, a MIC).
///
/// Text: `AAPL`, `BRK.B` (a share class behind a full stop), `^GSPC` (an index), `EUR/USD` (a currency pair), `BTC-USD` (a crypto pair).
package struct Ticker: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case share
        case index
        case currencies
        case crypto
    }

    package let kind: Kind
    /// The root of a share or index, or the first of a pair.
    package let root: String
    /// The class of a share, or the second of a pair; empty without one.
    package let part: String
    /// ISO 10383 code; nil for what trades on none, and where New York is meant.
    package let exchange: String?

    package init(kind: Kind = .share, root: String, part: String = "", exchange: String? = nil) {
        self.kind = kind
        self.root = root
        self.part = part
        self.exchange = exchange
    }

    /// Reads canonical text; nil when it is empty or has other characters than letters, digits and the signs of its form.
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

    /// Whether a text is not empty and of capital letters and digits alone.
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
