import Foundation
import Hashing

/// Encodes and decodes journal lines, `<crc32 in 8 hex digits> <JSON>\n`.
enum JournalFormat {
    /// The records of a journal.
    struct Content: Equatable {
        var records: [JournalRecord] = []
        /// Bytes after the last line's end, which a crash cut off; 0 when the last line is complete.
        var tornBytes = 0
    }

    /// A complete line that is no record. The last line may be one too: an event in it was acknowledged, so it is not removed.
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

    /// - Throws: `DamagedLine` for a complete line with a wrong checksum, and for one with a right checksum that is no record.
    static func decode(_ bytes: [UInt8]) throws(DamagedLine) -> Content {
        let decoder = JSONDecoder()
        var content = Content()
        var rest = bytes[...]
        var line = 0
        while !rest.isEmpty {
            line += 1
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                content.tornBytes = rest.count
                return content
            }
            guard let json = checkedJSON(rest[..<end]) else { throw DamagedLine(line: line, damage: .checksum) }
            guard let record = try? decoder.decode(JournalRecord.self, from: Data(json)) else {
                throw DamagedLine(line: line, damage: .record)
            }
            content.records.append(record)
            rest = rest[(end + 1)...]
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
