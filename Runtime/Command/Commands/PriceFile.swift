import Foundation

/// A file of prices, split into parts of one symbol each.
struct PriceFile {
    struct Part: Equatable {
        /// The symbol in the file; nil if the file has no column of symbols.
        let symbol: String?
        var body: String
    }

    let parts: [Part]

    /// Splits a table with a column `symbol` or `ticker` into one part per symbol, each with the header, in the order of their first rows.
    /// Other files are one part. Empty rows are skipped.
    ///
    /// - Throws: `CommandError` for a row without a symbol, with its line number.
    init(_ text: String, isTable: Bool) throws {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard isTable, let top = lines.firstIndex(where: { !$0.isEmpty }) else {
            parts = [Part(symbol: nil, body: text)]
            return
        }
        let header = lines[top]
        let separators: [Character] = [",", ";", "\t"]
        let separator = separators.max { left, right in header.count { $0 == left } < header.count { $0 == right } } ?? ","
        let names = PriceFile.cells(header, separator).map { $0.lowercased() }
        guard let column = names.firstIndex(where: { ["symbol", "ticker"].contains($0) }) else {
            parts = [Part(symbol: nil, body: text)]
            return
        }
        var places: [String: Int] = [:]
        var parts: [Part] = []
        for (row, line) in lines.enumerated().dropFirst(top + 1) {
            let cells = PriceFile.cells(line, separator)
            if cells.allSatisfy(\.isEmpty) { continue }
            guard column < cells.count, !cells[column].isEmpty else {
                throw CommandError("row \(row + 1) has no symbol, so nothing was imported")
            }
            let place = places[cells[column]] ?? parts.count
            if place == parts.count {
                places[cells[column]] = place
                parts.append(Part(symbol: cells[column], body: "\(header)\n"))
            }
            parts[place].body += "\(line)\n"
        }
        self.parts = parts
    }

    /// Without quotes, blanks around and a byte order mark.
    private static func cells(_ line: Substring, _ separator: Character) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        return cells.map { $0.trimmingCharacters(in: .whitespacesAndNewlines.union(["\u{FEFF}"])) }
    }
}
