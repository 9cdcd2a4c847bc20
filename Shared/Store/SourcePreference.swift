import FoundationEssentials
package import Market

/// Which provider is asked and believed first: `yahoo,alphavantage;XLON=stooq,yahoo;XNAS:BRK.B=tiingo`. The order for an instrument's id
/// counts before its exchange's, and that before the one without a name.
package struct SourcePreference: Hashable, Sendable {
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

    /// Every provider that is named anywhere, the general ones first.
    package var all: [String] {
        special.sorted { $0.key < $1.key }.flatMap(\.value).reduce(into: general) { if !$0.contains($1) { $0.append($1) } }
    }
}
