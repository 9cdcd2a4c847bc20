import Formats
import Market

/// The address, traits and rows that Tiingo's responses share.
package enum Tiingo {
    package static let name = "tiingo"
    package static let baseURL = "https://api.tiingo.com"
    package static let traits = ProviderTraits(
        close: .asTraded,
        limits: ProviderLimits(perHour: 50, perDay: 1000),
        symbols: SymbolRules(
            classSign: "-", currencies: .init(sign: ""), crypto: .init(sign: ""), lacks: [.index]))

    static func request(_ url: String, key: String?) -> ProviderRequest {
        ProviderRequest(url: url, keyHeader: key.map { (name: "Authorization", value: "Token " + $0) })
    }

    /// One session's row, from JSON or CSV.
    package struct Row {
        let stamp: String
        let fields: BarFields
        /// The cash dividend and the split factor of the session.
        let cash, ratio: Double?
    }

    /// The rows of a response in either form.
    static func rows(of response: RawResponse) throws(ProviderError) -> [Row] {
        guard let first = response.firstByte, ![UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<")].contains(first) else {
            return try rows(json: response)
        }
        return try rows(csv: response)
    }

    private static func rows(json response: RawResponse) throws(ProviderError) -> [Row] {
        guard var rows = try response.json(errorMembers: ["detail", "error", "message"]).elements else {
            throw response.malformed("no list of rows")
        }
        // Crypto comes as a list of pairs, each with its rows.
        let pairs = rows.compactMap { $0["priceData"] }
        if !pairs.isEmpty {
            guard pairs.count == 1, let own = pairs[0].elements else {
                throw ProviderError(.malformed, "rows of \(pairs.count) pairs where one was requested")
            }
            rows = own
        }
        guard !rows.isEmpty else { throw ProviderError(.emptyRange, "nothing traded in the range") }
        return rows.map { row in
            Row(
                stamp: row["date"]?.string ?? "", fields: BarFields(row, .full), cash: row["divCash"]?.number,
                ratio: row["splitFactor"]?.number)
        }
    }

    private static func rows(csv response: RawResponse) throws(ProviderError) -> [Row] {
        let table = try response.table()
        guard let date = table.column("date"), let close = table.column("close") else { throw response.malformed("no date and close") }
        let (open, high, low) = (table.column("open"), table.column("high"), table.column("low"))
        let (volume, cash, ratio) = (table.column("volume"), table.column("divcash"), table.column("splitfactor"))
        return (0..<table.count).map { row in
            let fields = BarFields(
                open: table.number(row, open), high: table.number(row, high), low: table.number(row, low), close: table.number(row, close),
                volume: table.number(row, volume))
            return Row(
                stamp: table.text(row, date), fields: fields, cash: table.number(row, cash), ratio: table.number(row, ratio))
        }
    }
}
