import Market

/// What Tiingo's answers share: rows as JSON or CSV.
enum Tiingo {
    /// One row in either form.
    struct Row {
        let stamp: String
        let fields: BarFields
        let cash, ratio: Double?
    }

    /// - Throws: why there are none. CSV answers refuse in plain text.
    static func rows(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], key: String?
    ) throws(ProviderError) -> [Row] {
        let first = body.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
        guard let first, ![UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<")].contains(first) else {
            return try json(body, status: status, headers: headers, key: key)
        }
        return try csv(try CSVResponse.table(Redaction.redact(body, key: key).body, status: status, headers: headers), body, key)
    }

    private static func json(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], key: String?
    ) throws(ProviderError) -> [Row] {
        let json = try JSONResponse.value(body, status: status, headers: headers, key: key, messages: ["detail", "error", "message"])
        guard var rows = json.elements else {
            throw ProviderError(.malformed, "no list of rows: \(ProviderError.excerpt(body, key: key))")
        }
        // Crypto pairs come as a list of pairs, each with its rows.
        let pairs = rows.compactMap { $0["priceData"] }
        if !pairs.isEmpty {
            guard pairs.count == 1, let own = pairs[0].elements else {
                throw ProviderError(.malformed, "rows of \(pairs.count) pairs where one was asked for")
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

    private static func csv(_ table: CSVTable, _ body: [UInt8], _ key: String?) throws(ProviderError) -> [Row] {
        guard let date = table.column("date"), let close = table.column("close") else {
            throw ProviderError(.malformed, "no date and close: \(ProviderError.excerpt(body, key: key))")
        }
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
