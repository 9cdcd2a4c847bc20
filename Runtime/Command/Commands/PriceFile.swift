import Formats
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
    /// - Throws: `CommandError` for a row without a symbol and for a quote that is never closed, with the line number.
    init(_ text: String, isTable: Bool) throws {
        let bytes = Array(text.utf8)
        let comment = UInt8(ascii: "#")
        guard isTable, let separator = CSVReader.separator(of: bytes, comment: comment) else {
            parts = [Part(symbol: nil, body: text)]
            return
        }
        parts = try bytes.withUnsafeBufferPointer {
            try PriceFile.parts(CSVReader($0, separator: separator, comment: comment), bytes) ?? [Part(symbol: nil, body: text)]
        }
    }

    /// nil when the table has no column of symbols.
    private static func parts(_ reader: consuming CSVReader, _ bytes: [UInt8]) throws -> [Part]? {
        var places: [String: Int] = [:]
        var parts: [Part] = []
        do throws(CSVReader.Malformed) {
            guard try reader.next() else { return nil }
            let header = String(decoding: bytes[reader.bounds], as: UTF8.self)
            let names = reader.fields.indices.map { reader.trimmedText($0).lowercased() }
            guard let column = names.firstIndex(where: { ["symbol", "ticker"].contains($0) }) else { return nil }
            while try reader.next() {
                let cells = reader.fields.indices.map { reader.trimmedText($0) }
                if cells.allSatisfy(\.isEmpty) { continue }
                guard column < cells.count, !cells[column].isEmpty else { break }
                let place = places[cells[column]] ?? parts.count
                if place == parts.count {
                    places[cells[column]] = place
                    parts.append(Part(symbol: cells[column], body: "\(header)\n"))
                }
                parts[place].body += String(decoding: bytes[reader.bounds], as: UTF8.self) + "\n"
            }
        } catch {
            throw CommandError("\(error), so nothing was imported")
        }
        guard reader.fields.isEmpty else { throw CommandError("line \(reader.line) has no symbol, so nothing was imported") }
        return parts
    }
}
