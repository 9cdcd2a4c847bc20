import Foundation
import Hashing

/// Encodes journal lines, `<crc32 in 8 hex digits> <JSON>\n`. Decoding stops at the first line with a wrong checksum: a torn write.
enum JournalFormat {
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

    static func decode(_ bytes: [UInt8]) -> [JournalRecord] {
        let decoder = JSONDecoder()
        var records: [JournalRecord] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[rest.startIndex..<end]
            rest = rest[(end + 1)...]
            guard line.count > 9, let sum = UInt32(String(decoding: line.prefix(8), as: UTF8.self), radix: 16) else { break }
            let json = line.dropFirst(9)
            guard CRC32.checksum(json) == sum, let record = try? decoder.decode(JournalRecord.self, from: Data(json)) else { break }
            records.append(record)
        }
        return records
    }
}
