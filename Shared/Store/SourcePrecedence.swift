import FoundationEssentials
package import Market

/// The order in which providers are requested and their data is used: `yahoo,alphavantage;XLON=stooq,yahoo;XNAS:BRK.B=tiingo`.
///
/// An order may be given for an instrument's id or for an exchange's MIC. The instrument's order applies before the exchange's, and that
/// before the general order.
package struct SourcePrecedence: Hashable, Sendable {
    package struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        package let entry: String
        package var description: String {
            "PROVIDERS has \"\(entry)\"; write providers separated by commas, in the order of precedence, then orders for an exchange or an instrument: yahoo,stooq;XLON=stooq"
        }
    }

    /// The provider if `PROVIDERS` and `PROVIDER` are empty.
    package static let defaultProvider = "yahoo"

    /// The general order; never empty.
    package let general: [String]
    /// Orders by instrument id or MIC.
    private let special: [String: [String]]

    /// Parses the value of `PROVIDERS`. The general order is the default provider alone if the text has none.
    package init(_ text: String, defaultProvider: String = Self.defaultProvider) throws(Malformed) {
        var general = [defaultProvider]
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

    /// Reads `PROVIDERS`; the default provider may be set by `PROVIDER`.
    package init(environment: [String: String]) throws(Malformed) {
        let single = environment["PROVIDER"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultProvider
        try self.init(environment["PROVIDERS"] ?? "", defaultProvider: single)
    }

    /// The providers from which an instrument is requested, in order.
    package func providers(for instrument: Instrument) -> [String] { special[instrument.id] ?? special[instrument.exchange] ?? general }

    /// The formats of files that users can import.
    package static let fileFormats = ["csv", "iex", "stooq"]

    /// The sources whose data of an instrument is used, in order: its providers, then the file formats.
    package func sources(for instrument: Instrument) -> [String] {
        let providers = providers(for: instrument)
        return providers + Self.fileFormats.filter { !providers.contains($0) }
    }

    /// The providers of all orders, the general order first.
    package var allProviders: [String] {
        special.sorted { $0.key < $1.key }.flatMap(\.value).reduce(into: general) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Two providers whose returns are compared.
    package struct ProviderPair: Hashable, Sendable {
        package let first, second: String

        /// nil for an empty list.
        ///
        /// - Throws: `Malformed` for a list that is neither empty nor two different names.
        package init?(_ names: [String]) throws(Malformed) {
            if names.isEmpty { return nil }
            guard names.count == 2, names[0] != names[1], !names.contains("") else { throw Malformed(entry: names.joined(separator: ",")) }
            (first, second) = (names[0], names[1])
        }
    }

    /// The pair to compare: the two names in `CROSS_CHECK`, or else the first two providers of the general order that are not in `excluded`;
    /// nil if `CROSS_CHECK` is `none` or the general order has fewer than two.
    package func crossCheckPair(_ environment: [String: String], excluded: [String]) throws(Malformed) -> ProviderPair? {
        let text = environment["CROSS_CHECK"] ?? ""
        if text == "none" { return nil }
        let names = text.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
        if let pair = try ProviderPair(names) { return pair }
        let others = general.filter { !excluded.contains($0) }
        return others.count < 2 ? nil : try ProviderPair(Array(others.prefix(2)))
    }
}
