/// A table separated by commas, semicolons or tabs, with a header line: byte order mark, CR LF, quotes, missing trailing cells, empty lines
/// and lines of comment (`#`) allowed. Bytes that are no UTF-8 are read as Latin-1.
package struct CSVTable {
    /// Header names in lower case, without blanks, underscores, footnote marks, brackets, what stands in parentheses, and a full stop behind.
    let names: [String]
    private let bytes: [UInt8]
    /// Start and end of every cell, `names.count` to a row; both zero where a row ends early.
    private var cells: [(start: Int32, end: Int32)] = []
    private(set) var count = 0
    private var decimalSign = WrittenNumber.DecimalSign.point

    /// nil when there is no header of at least two names.
    init?(_ body: [UInt8]) {
        bytes = body
        var at = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        CSVTable.skipToRow(&at, body)
        let header = body[at...].prefix { $0 != 10 && $0 != 13 }
        let separator = [UInt8(ascii: ","), UInt8(ascii: ";"), 9].max { left, right in
            header.count { $0 == left } < header.count { $0 == right }
        }
        guard let separator, header.contains(separator) else { return nil }
        names = header.split(separator: separator, omittingEmptySubsequences: false).map { CSVTable.normal($0) }
        at += header.count
        cells.reserveCapacity(body.count / 8)
        CSVTable.skipToRow(&at, body)
        while at < body.count {
            readRow(from: &at, separator)
            CSVTable.skipToRow(&at, body)
        }
        let mayHaveCommas = body.contains(separator == UInt8(ascii: ",") ? UInt8(ascii: "\"") : UInt8(ascii: ","))
        if mayHaveCommas { decimalSign = findDecimalSign(separator) }
    }

    /// Past line ends, and lines that are blank or a comment.
    private static func skipToRow(_ at: inout Int, _ body: [UInt8]) {
        while at < body.count {
            if body[at] == 10 || body[at] == 13 {
                at += 1
                continue
            }
            let isComment = body[at] == UInt8(ascii: "#")
            guard isComment || body[at] == 32 || body[at] == 9 else { return }
            let line = body[at...].prefix { $0 != 10 && $0 != 13 }
            guard isComment || line.allSatisfy({ $0 == 32 || $0 == 9 }) else { return }
            at += line.count
        }
    }

    /// The columns of prices, amounts and volumes: in others a full stop or a comma can be anything (`7203.T`).
    private static let figures: Set = [
        "open", "high", "low", "close", "volume", "vol", "price", "last", "close/last", "adjclose", "uopen", "uhigh", "ulow", "uclose",
        "uvolume", "otwarcie", "najwyzszy", "najnizszy", "zamkniecie", "wolumen", "amount", "divcash", "splitfactor", "change",
        "previousclose",
    ]

    /// What the first figure says that can be read in one way only. Where none does, the comma of a table that it does not separate is
    /// a decimal one, as spreadsheets write it.
    private func findDecimalSign(_ separator: UInt8) -> WrittenNumber.DecimalSign {
        var hasComma = false
        let isFigure = names.map { CSVTable.figures.contains($0) }
        for (index, cell) in cells.enumerated() where isFigure[index % names.count] {
            let bytes = bytes[Int(cell.start)..<Int(cell.end)]
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

    private mutating func readRow(from at: inout Int, _ separator: UInt8) {
        let width = names.count
        var column = 0
        bytes.withUnsafeBufferPointer { bytes in
            while at < bytes.count, bytes[at] != 10, bytes[at] != 13 {
                let start = at
                if bytes[at] == UInt8(ascii: "\"") {
                    at += 1
                    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += 1 }
                    if column < width { cells.append((Int32(start + 1), Int32(at))) }
                    while at < bytes.count, bytes[at] != separator, bytes[at] != 10, bytes[at] != 13 { at += 1 }
                } else {
                    while at < bytes.count, bytes[at] != separator, bytes[at] != 10, bytes[at] != 13 { at += 1 }
                    if column < width { cells.append((Int32(start), Int32(at))) }
                }
                column += 1
                if at < bytes.count, bytes[at] == separator { at += 1 }
            }
        }
        while column < width {
            cells.append((0, 0))
            column += 1
        }
        count += 1
    }

    /// The column that dates the rows, whatever it is called.
    var dateColumn: Int? { column("date", "timestamp", "data", "day", "session", "time", "datetime") }

    /// The position of the first of several names; nil when the table has none.
    func column(_ wanted: String...) -> Int? { wanted.lazy.compactMap { names.firstIndex(of: $0) }.first }

    /// A cell without blanks around it.
    func text(_ row: Int, _ column: Int?) -> String {
        guard let column else { return "" }
        let cell = cells[row * names.count + column]
        var bytes = bytes[Int(cell.start)..<Int(cell.end)]
        while bytes.first == 32 { bytes.removeFirst() }
        while bytes.last == 32 { bytes.removeLast() }
        return CSVTable.decoded(bytes)
    }

    /// nil for an empty cell and for what is no number.
    func number(_ row: Int, _ column: Int?) -> Double? {
        guard let column else { return nil }
        let cell = cells[row * names.count + column]
        if decimalSign == .point {
            let number = bytes.withUnsafeBufferPointer { DecimalText.number($0[Int(cell.start)..<Int(cell.end)]) }
            if let number { return number }
        }
        return cell.start == cell.end ? nil : WrittenNumber(text(row, column))?.value(decimalSign)
    }

    /// Whether a cell says that there is nothing.
    func isEmpty(_ row: Int, _ column: Int?) -> Bool {
        ["", "-", "–", "—", "n/a", "null", "none", "nan"].contains(text(row, column).lowercased().filter { !$0.isWhitespace })
    }

    /// The row as it came, its cells separated by commas.
    func line(_ row: Int) -> String { names.indices.map { text(row, $0) }.joined(separator: ",") }

    private static func normal(_ name: ArraySlice<UInt8>) -> String {
        let left = Array(" _\"*<>\t".utf8)
        var kept = name.prefix { $0 != UInt8(ascii: "(") }.filter { !left.contains($0) }
        if kept.last == UInt8(ascii: ".") { kept.removeLast() }
        return decoded(kept.map { (65...90).contains($0) ? $0 | 0x20 : $0 }[...])
    }
}
