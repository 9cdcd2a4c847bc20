/// Moves over a JSON text that `JSONReader` has checked, without reading its values.
struct JSONCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// The byte at the position; zero past the end.
    var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 32 || bytes[position] == 10 || bytes[position] == 13 || bytes[position] == 9 {
            position += 1
        }
    }

    /// Past the byte at the position, and to the next one that is no space.
    mutating func advance() {
        position += 1
        skipSpace()
    }

    /// Past a string whose opening quote is at the position.
    mutating func skipString() {
        position += 1
        while position < bytes.count {
            // Eight bytes at a time, up to one with a quote or a backslash.
            if let word = word, !Self.contains(word, UInt8(ascii: "\"")), !Self.contains(word, UInt8(ascii: "\\")) {
                position += 8
            } else if bytes[position] == UInt8(ascii: "\"") {
                position += 1
                return
            } else {
                position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
            }
        }
        position = bytes.count
    }

    /// Past the value at the position.
    mutating func skipValue() {
        switch byte {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): skipContainer()
        default:
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 32, 10, 13, 9: return
                default: position += 1
                }
            }
        }
    }

    private mutating func skipContainer() {
        var depth = 0
        while position < bytes.count {
            // Of the bytes with bit 5 set, only brackets become braces.
            if let word = word, case let lowered = word | 0x2020_2020_2020_2020, !Self.contains(word, UInt8(ascii: "\"")),
                !Self.contains(lowered, UInt8(ascii: "{")), !Self.contains(lowered, UInt8(ascii: "}"))
            {
                position += 8
                continue
            }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return }
        }
    }

    /// The next eight bytes; nil close to the end.
    private var word: UInt64? {
        guard bytes.count - position >= 8, let base = bytes.baseAddress else { return nil }
        return UnsafeRawPointer(base).loadUnaligned(fromByteOffset: position, as: UInt64.self)
    }

    /// Whether one of eight bytes is that byte: the subtraction borrows into the top bit of a byte that was zero.
    private static func contains(_ word: UInt64, _ byte: UInt8) -> Bool {
        let difference = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0
    }
}
