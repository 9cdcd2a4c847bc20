/// Reads JSON in one pass and makes no tree: for the few shapes that are read for every request. Everything else is `Decodable`.
struct JSONReader {
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Calls `body` with the name of each member; it must read or skip the value.
    mutating func object(_ body: (inout JSONReader, String) throws(Malformed) -> Void) throws(Malformed) {
        try expect(UInt8(ascii: "{"))
        guard !take(UInt8(ascii: "}")) else { return }
        repeat {
            let name = try string()
            try expect(UInt8(ascii: ":"))
            try body(&self, name)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Calls `body` before each element; it must read the value.
    mutating func list(_ body: (inout JSONReader) throws(Malformed) -> Void) throws(Malformed) {
        try expect(UInt8(ascii: "["))
        guard !take(UInt8(ascii: "]")) else { return }
        repeat { try body(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    mutating func strings() throws(Malformed) -> [String] {
        var strings: [String] = []
        try list { reader throws(Malformed) in strings.append(try reader.string()) }
        return strings
    }

    mutating func string() throws(Malformed) -> String {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while true {
            let start = position
            while position < bytes.count, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""),
                bytes[position] != UInt8(ascii: "\\")
            {
                position += 1
            }
            guard position < bytes.count else { throw Malformed() }
            text.append(contentsOf: bytes[start..<position])
            position += 1
            switch bytes[position - 1] {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else { throw Malformed() }
                return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            default: throw Malformed()
            }
        }
    }

    /// A map of texts.
    mutating func map() throws(Malformed) -> [String: String] {
        var map: [String: String] = [:]
        try object { (reader, name) throws(Malformed) in map[name] = try reader.string() }
        return map
    }

    /// A whole number without an exponent.
    mutating func integer() throws(Malformed) -> Int {
        skipBlanks()
        let start = position
        while position < bytes.count, bytes[position] == UInt8(ascii: "-") || (48...57).contains(bytes[position]) { position += 1 }
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else { throw Malformed() }
        return value
    }

    mutating func bool() throws(Malformed) -> Bool {
        skipBlanks()
        for (word, value) in [("true", true), ("false", false)] where bytes[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw Malformed()
    }

    /// Nothing may follow.
    mutating func end() throws(Malformed) {
        skipBlanks()
        guard position == bytes.count else { throw Malformed() }
    }

    private mutating func escape(into text: inout [UInt8]) throws(Malformed) {
        guard position < bytes.count else { throw Malformed() }
        position += 1
        switch bytes[position - 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[position - 1])
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xd800..<0xdc00).contains(code) {
                guard bytes[position...].starts(with: "\\u".utf8) else { throw Malformed() }
                position += 2
                let low = try hexadecimal()
                guard (0xdc00..<0xe000).contains(low) else { throw Malformed() }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw Malformed() }
            text.append(contentsOf: String(scalar).utf8)
        default: throw Malformed()
        }
    }

    private mutating func hexadecimal() throws(Malformed) -> UInt32 {
        guard position + 4 <= bytes.count, let code = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw Malformed() }
        position += 4
        return code
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(Malformed) {
        guard take(byte) else { throw Malformed() }
    }
}
