import Formats
package import Market

/// The session after whose close a forecast is made, and its symbol.
package struct Origin: Sendable, Hashable {
    package let session: SessionDate
    package let symbol: String

    package init(session: SessionDate, symbol: String) {
        self.session = session
        self.symbol = symbol
    }
}

/// The origins of a backtest.
package enum Origins {
    /// The number of sessions from one default origin to the next.
    package static let step = 5
    /// The number of sessions before the last outcome in which default origins lie.
    package static let window = 490

    /// Every fifth session of the last 490 whose outcomes lie inside the table, for every symbol.
    package static func standard(_ prices: PriceTable) -> [Origin] {
        let sessions = prices.sessions()
        let end = sessions.count - 20
        let chosen = Swift.stride(from: max(0, end - window), to: max(0, end), by: step).map { sessions[$0] }
        return chosen.flatMap { session in prices.series.map { Origin(session: session, symbol: $0.symbol) } }
    }

    /// Reads a CSV file with the columns `date` and `symbol`; other columns are ignored.
    ///
    /// - Throws: `PriceTable.FormatError` with the line's number.
    package static func read(csv bytes: [UInt8]) throws(PriceTable.FormatError) -> [Origin] {
        try bytes.withUnsafeBufferPointer { (bytes) throws(PriceTable.FormatError) in
            var lines = CSVReader(bytes)
            guard try lines.nextRecord() else { throw PriceTable.FormatError(description: "the file of origins is empty") }
            let header = lines.header
            guard let date = header.firstIndex(of: "date"), let symbol = header.firstIndex(of: "symbol") else {
                throw PriceTable.FormatError(description: "the file of origins needs the columns date and symbol")
            }
            var origins: [Origin] = []
            while try lines.nextRecord() {
                guard lines.fields.count == header.count, let session = SessionDate(lines.trimmedText(date)) else {
                    throw PriceTable.FormatError(description: "origins, line \(lines.line): not a date and a symbol")
                }
                origins.append(Origin(session: session, symbol: lines.trimmedText(symbol)))
            }
            return origins
        }
    }
}

extension CSVReader {
    /// Moves to the next record; false at the end.
    mutating func nextRecord() throws(PriceTable.FormatError) -> Bool {
        do throws(Malformed) { return try next() } catch { throw PriceTable.FormatError(description: error.description) }
    }

    /// The names of the record returned last, in lower case without blanks.
    var header: [String] { fields.indices.map { text($0).lowercased().filter { !$0.isWhitespace } } }
}
