import Foundation
import Hashing

/// Encodes and decodes journal lines, `<crc32 in 8 hex digits> <JSON>\n`.
enum JournalFormat {
    /// The records of a journal.
    struct Content: Equatable {
        var records: [JournalRecord] = []
        /// Bytes of a last line that a crash cut off; 0 when the last line is complete.
        var tornBytes = 0
    }

    /// A line that is neither a record nor the end of a write that a crash cut off.
    struct DamagedLine: Error, Equatable {
        enum Damage: Equatable { case checksum, record }

        /// From 1.
        let line: Int
        let damage: Damage
    }

    static func encode(_ records: [JournalRecord]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        var bytes: [UInt8] = []
        for record in records {
            let json = try encoder.encode(record)
            let sum = String(CRC32.checksum(json), radix: 16)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 8 - sum.utf8.count))
            bytes.append(contentsOf: sum.utf8)
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: json)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// - Throws: `DamagedLine` for a line with a wrong checksum before the last one, and for one with a right checksum that is no record.
    static func decode(_ bytes: [UInt8]) throws(DamagedLine) -> Content {
        let decoder = JSONDecoder()
        var content = Content()
        var rest = bytes[...]
        var line = 0
        while !rest.isEmpty {
            line += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let next = end.map { rest[($0 + 1)...] } ?? []
            guard let end, let json = checkedJSON(rest[..<end]) else {
                guard next.isEmpty else { throw DamagedLine(line: line, damage: .checksum) }
                content.tornBytes = rest.count
                return content
            }
            guard let record = try? decoder.decode(JournalRecord.self, from: Data(json)) else {
                throw DamagedLine(line: line, damage: .record)
            }
            content.records.append(record)
            rest = next
        }
        return content
    }

    /// The JSON of a line whose checksum is right.
    private static func checkedJSON(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.count > 9, let sum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16) else { return nil }
        let json = line.dropFirst(9)
        return CRC32.checksum(json) == sum ? json : nil
    }
}
