import Formats

/// A table with a header line, separated by commas, semicolons or tabs.
///
/// Byte order mark, CR LF, quotes, missing trailing cells, empty lines and comment lines (`#`) are allowed. Bytes that are not UTF-8 are
/// read as Latin-1.
package struct CSVTable {
    /// Header names in lower case, without blanks, underscores, footnote marks, brackets, text in parentheses, and a full stop at the end.
    let names: [String]
    private let bytes: [UInt8]
    /// The cells row by row, `names.count` per row; missing trailing cells are empty.
    private var cells: [Cell] = []
    private(set) var count = 0
    private var decimalSign = WrittenNumber.DecimalSign.point

    /// Where a cell stands in the bytes, in eight bytes.
    private struct Cell {
        var start: UInt32 = 0
        var count: UInt16 = 0
        /// Whether the cell contains doubled quotes.
        var isEscaped = false

        var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
    }

    /// The most cells of a table of so many bytes: 60,000 rows of 60, or a century of sessions of 150. Rows that are much shorter than the
    /// header have more cells than bytes, which small tables may have.
    private static func mostCells(of bytes: Int) -> Int { min(4_000_000, 1024 + bytes) }

    /// Parses a body; nil without a header of at least two names.
    ///
    /// - Throws: `malformed` for an unclosed quote, for text after a closing quote, and for a table beyond the limits.
    init?(_ body: [UInt8], limit: ResponseLimit) throws(ProviderError) {
        bytes = body
        guard let separator = CSVReader.separator(of: body, comment: CSVTable.comment) else { return nil }
        do throws(CSVReader.Malformed) {
            (names, cells, count) = try body.withUnsafeBufferPointer { (bytes) throws(CSVReader.Malformed) in
                let reader = CSVReader(bytes, separator: separator, comment: CSVTable.comment, longestField: ResponseLimit.textBytes)
                return try CSVTable.read(reader, bytes, limit)
            }
        } catch {
            throw ProviderError(.malformed, error.description)
        }
        guard count <= limit.rows else { throw limit.tooManyRows }
        let most = CSVTable.mostCells(of: body.count)
        guard cells.count <= most else {
            throw ProviderError(.malformed, "more than \(most) cells: \(names.count) columns")
        }
        let mayHaveCommas = body.contains(separator == UInt8(ascii: ",") ? UInt8(ascii: "\"") : UInt8(ascii: ","))
        if mayHaveCommas { decimalSign = findDecimalSign(separator) }
    }

    /// The first byte of lines that are skipped.
    private static let comment = UInt8(ascii: "#")

    /// The names, the cells and the number of rows, up to the first row or cell beyond a limit.
    private static func read(
        _ records: consuming CSVReader, _ bytes: UnsafeBufferPointer<UInt8>, _ limit: ResponseLimit
    ) throws(CSVReader.Malformed) -> ([String], [Cell], Int) {
        guard try records.next() else { return ([], [], 0) }
        let names = records.fields.indices.map { CSVTable.normal(records.bytes(of: $0)) }
        var cells: [Cell] = []
        let lines = bytes.reduce(0) { $1 == 10 || $1 == 13 ? $0 + 1 : $0 }
        let most = CSVTable.mostCells(of: bytes.count)
        cells.reserveCapacity(min(most + names.count, min(lines, limit.rows) * names.count))
        var count = 0
        while try records.next() {
            count += 1
            for field in records.fields.prefix(names.count) {
                // The limits of a body and of a field are below those of the types.
                cells.append(
                    Cell(
                        start: UInt32(truncatingIfNeeded: field.start), count: UInt16(truncatingIfNeeded: field.end - field.start),
                        isEscaped: field.isEscaped))
            }
            for _ in 0..<max(0, names.count - records.fields.count) { cells.append(Cell()) }
            guard count <= limit.rows, cells.count <= most else { break }
        }
        return (names, cells, count)
    }

    /// The columns of prices, amounts and volumes. In other columns a full stop or a comma need not be a decimal sign (`7203.T`).
    private static let figures: Set = [
        "open", "high", "low", "close", "volume", "vol", "price", "last", "close/last", "adjclose", "uopen", "uhigh", "ulow", "uclose",
        "uvolume", "otwarcie", "najwyzszy", "najnizszy", "zamkniecie", "wolumen", "amount", "divcash", "splitfactor", "change",
        "previousclose",
    ]

    /// The decimal sign of the first unambiguous figure. Without such a figure, a comma in a table that is not separated by commas is the
    /// decimal sign, as in spreadsheets.
    private func findDecimalSign(_ separator: UInt8) -> WrittenNumber.DecimalSign {
        var hasComma = false
        let isFigure = names.map { CSVTable.figures.contains($0) }
        for (index, cell) in cells.enumerated() where isFigure[index % names.count] {
            let bytes = bytes(of: cell)
            guard bytes.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".") }),
                let number = WrittenNumber(CSVTable.decoded(bytes))
            else { continue }
            if let sign = number.proves { return sign }
            if number.hasComma { hasComma = true }
        }
        return hasComma && separator != UInt8(ascii: ",") ? .comma : .point
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// The bytes of a cell, with each doubled quote replaced by one quote.
    private func bytes(of cell: Cell) -> ArraySlice<UInt8> {
        let bytes = bytes[cell.range]
        return cell.isEscaped ? CSVReader.unescaped(bytes)[...] : bytes
    }

    /// The column with the rows' dates, under any of its usual names; nil without one.
    var dateColumn: Int? { column("date", "timestamp", "data", "day", "session", "time", "datetime") }

    /// The position of the first name that the table has; nil if it has none of them.
    func column(_ wanted: String...) -> Int? { wanted.lazy.compactMap { names.firstIndex(of: $0) }.first }

    /// The text of a cell without blanks around it.
    func text(_ row: Int, _ column: Int?) -> String {
        guard let column else { return "" }
        var bytes = bytes(of: cells[row * names.count + column])
        while bytes.first == 32 { bytes.removeFirst() }
        while bytes.last == 32 { bytes.removeLast() }
        return CSVTable.decoded(bytes)
    }

    /// The number in a cell; nil for an empty cell and for text that is no number.
    func number(_ row: Int, _ column: Int?) -> Double? {
        guard let column else { return nil }
        let cell = cells[row * names.count + column]
        if decimalSign == .point {
            let number = bytes.withUnsafeBufferPointer {
                DecimalText.number(UnsafeBufferPointer(rebasing: $0[cell.range]))
            }
            if let number { return number }
        }
        return cell.count == 0 ? nil : WrittenNumber(text(row, column))?.value(decimalSign)
    }

    /// Whether a cell is empty or has a sign for a missing value.
    func isEmpty(_ row: Int, _ column: Int?) -> Bool {
        ["", "-", "–", "—", "n/a", "null", "none", "nan"].contains(text(row, column).lowercased().filter { !$0.isWhitespace })
    }

    /// The row's cells, separated by commas.
    func line(_ row: Int) -> String { names.indices.map { text(row, $0) }.joined(separator: ",") }

    private static func normal(_ name: [UInt8]) -> String {
        let left = Array(" _\"*<>\t".utf8)
        var kept = name.prefix { $0 != UInt8(ascii: "(") }.filter { !left.contains($0) }
        if kept.last == UInt8(ascii: ".") { kept.removeLast() }
        return decoded(kept.map { (65...90).contains($0) ? $0 | 0x20 : $0 }[...])
    }
}
