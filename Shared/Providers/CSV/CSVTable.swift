/// A comma- or semicolon-separated table with a header line: byte order mark, CR LF, quotes and missing trailing cells allowed.
struct CSVTable {
    /// Header names in lower case, blanks and underscores taken out.
    let names: [String]
    private let bytes: [UInt8]
    /// Start and end of every cell, `names.count` to a row; both zero where a row ends early.
    private var cells: [(start: Int32, end: Int32)] = []
    private(set) var count = 0

    /// nil when there is no header of at least two names.
    init?(_ body: [UInt8]) {
        bytes = body
        var at = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let header = body[at...].prefix { $0 != 10 && $0 != 13 }
        let separator = [UInt8(ascii: ","), UInt8(ascii: ";"), 9].max { left, right in
            header.count { $0 == left } < header.count { $0 == right }
        }
        guard let separator, header.contains(separator) else { return nil }
        names = header.split(separator: separator, omittingEmptySubsequences: false).map { CSVTable.normal($0) }
        at += header.count
        cells.reserveCapacity(body.count / 8)
        while at < body.count {
            if body[at] == 10 || body[at] == 13 {
                at += 1
                continue
            }
            readRow(from: &at, separator)
        }
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

    /// The position of the first of several names; nil when the table has none.
    func column(_ wanted: String...) -> Int? { wanted.lazy.compactMap { names.firstIndex(of: $0) }.first }

    func text(_ row: Int, _ column: Int?) -> String {
        guard let column else { return "" }
        let cell = cells[row * names.count + column]
        return String(decoding: bytes[Int(cell.start)..<Int(cell.end)], as: UTF8.self)
    }

    /// nil for an empty cell and for what is no number.
    func number(_ row: Int, _ column: Int?) -> Double? {
        guard let column else { return nil }
        let cell = cells[row * names.count + column]
        return bytes.withUnsafeBufferPointer { DecimalText.number($0[Int(cell.start)..<Int(cell.end)]) }
    }

    /// The row as it came, its cells separated by commas.
    func line(_ row: Int) -> String { names.indices.map { text(row, $0) }.joined(separator: ",") }

    private static func normal(_ name: ArraySlice<UInt8>) -> String {
        let kept = name.filter { $0 != 32 && $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "\"") }
        return String(decoding: kept.map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
