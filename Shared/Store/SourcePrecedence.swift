import FoundationEssentials
package import Market

/// Which provider is asked and believed first: `yahoo,alphavantage;XLON=stooq,yahoo;XNAS:BRK.B=tiingo`. The order for an instrument's id
/// counts before its exchange's, and that before the one without a name.
package struct SourcePrecedence: Hashable, Sendable {
    package struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        package let entry: String
        package var description: String {
            "PROVIDERS has \"\(entry)\"; write providers by commas, most trusted first, then orders for an exchange or an instrument: yahoo,stooq;XLON=stooq"
        }
    }

    /// The order where nothing else is said; never empty.
    package let general: [String]
    private let special: [String: [String]]

    package init(_ text: String, otherwise single: String) throws(Malformed) {
        var general = [single]
        var special: [String: [String]] = [:]
        for entry in text.split(separator: ";") {
            let sides = entry.split(separator: "=", omittingEmptySubsequences: false)
            let names = (sides.last ?? "").split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
            guard sides.count <= 2, !names.isEmpty, names.allSatisfy({ !$0.isEmpty }), Set(names).count == names.count else {
                throw Malformed(entry: String(entry))
            }
            if sides.count == 1 { general = names } else { special[String(sides[0].filter { !$0.isWhitespace })] = names }
        }
        self.general = general
        self.special = special
    }

    /// From `PROVIDERS`, or from `PROVIDER` alone.
    package init(environment: [String: String], otherwise single: String) throws(Malformed) {
        let one = environment["PROVIDER"].flatMap { $0.isEmpty ? nil : $0 } ?? single
        try self.init(environment["PROVIDERS"] ?? "", otherwise: one)
    }

    /// The providers of an instrument, most trusted first.
    package func order(for instrument: Instrument) -> [String] { special[instrument.id] ?? special[instrument.exchange] ?? general }

    /// Forms in which files can be handed in.
    package static let files = ["csv", "iex", "stooq"]

    /// The providers of an instrument that are read: those that it has, then formats of files that were handed in.
    package func believed(for instrument: Instrument) -> [String] {
        let order = order(for: instrument)
        return order + Self.files.filter { !order.contains($0) }
    }

    /// Two providers that are compared with each other.
    package struct CrossCheck: Hashable, Sendable {
        package let first, second: String

        /// nil for no name at all; anything else than two different ones is an error.
        package init?(_ names: [String]) throws(Malformed) {
            if names.isEmpty { return nil }
            guard names.count == 2, names[0] != names[1], !names.contains("") else { throw Malformed(entry: names.joined(separator: ",")) }
            (first, second) = (names[0], names[1])
        }
    }

    /// What `CROSS_CHECK` says, two names by a comma or `none`; else the first two of the general order that are not `except`, if there are.
    package func crossCheck(_ environment: [String: String], except: [String]) throws(Malformed) -> CrossCheck? {
        let text = environment["CROSS_CHECK"] ?? ""
        if text == "none" { return nil }
        let names = text.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
        if let pair = try CrossCheck(names) { return pair }
        let others = general.filter { !except.contains($0) }
        return others.count < 2 ? nil : try CrossCheck(Array(others.prefix(2)))
    }

    /// Every provider that is named anywhere, the general ones first.
    package var all: [String] {
        special.sorted { $0.key < $1.key }.flatMap(\.value).reduce(into: general) { if !$0.contains($1) { $0.append($1) } }
    }
}
