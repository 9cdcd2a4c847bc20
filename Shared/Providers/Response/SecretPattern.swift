import Formats
import FoundationEssentials

/// One form of a secret, and how its characters may be written.
struct SecretPattern {
    private let bytes: [UInt8]
    /// Whether the characters around the form belong to the same encoded text and go with it.
    private let isBase64: Bool
    /// Whether letters of either case match.
    private let ignoresCase: Bool

    /// The secret as it is, in base64 at each of the three places where its first byte may begin, and in hexadecimal.
    static func all(of secret: [UInt8]) -> [SecretPattern] {
        var patterns = [SecretPattern(bytes: secret, isBase64: false, ignoresCase: false)]
        for shift in 0..<3 {
            let encoded = Array(Data(Array(repeating: 0, count: shift) + secret).base64EncodedString().utf8)
            // Only whole groups of six bits belong to the secret alone.
            let inner = encoded[(shift * 8 + 5) / 6..<(shift + secret.count) * 8 / 6]
            // Fewer characters would be found by chance.
            guard inner.count >= 8 else { continue }
            patterns.append(SecretPattern(bytes: Array(inner), isBase64: true, ignoresCase: false))
            let other = inner.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
            if other != Array(inner) { patterns.append(SecretPattern(bytes: other, isBase64: true, ignoresCase: false)) }
        }
        let hexadecimal = secret.flatMap { [Hexadecimal.upperCaseDigit($0 >> 4), Hexadecimal.upperCaseDigit($0 & 15)] }
        return patterns + [SecretPattern(bytes: hexadecimal, isBase64: false, ignoresCase: true)]
    }

    /// Whether an occurrence of the pattern can begin with a byte.
    func canBegin(with byte: UInt8) -> Bool { equals(byte, bytes[0]) || "%&\\+".utf8.contains(byte) }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) }

    /// The range of an occurrence whose first character is at an index.
    func match(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
        var end = start
        for byte in bytes {
            guard end < text.count else { return nil }
            // The escape first: a key may hold the character with which escapes begin.
            if let next = Self.escape(in: text, at: end), equals(next.byte, byte) {
                end = next.end
            } else if equals(text[end], byte) {
                end += 1
            } else {
                return nil
            }
        }
        guard isBase64 else { return start..<end }
        var begin = start
        while begin > 0, Self.isBase64(text[begin - 1]) { begin -= 1 }
        while end < text.count, Self.isBase64(text[end]) || text[end] == UInt8(ascii: "=") { end += 1 }
        return begin..<end
    }

    private func equals(_ found: UInt8, _ wanted: UInt8) -> Bool {
        found == wanted || ignoresCase && (97...122).contains(found) && found & 0xDF == wanted
    }

    private static func isBase64(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "+/-_".utf8.contains(byte) }

    private static let entities: [(name: [UInt8], byte: UInt8)] = [
        ("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'"), ("plus", "+"), ("sol", "/"), ("equals", "="), ("num", "#"),
        ("colon", ":"), ("period", "."), ("lowbar", "_"), ("hyphen", "-"), ("dash", "-"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)[0]) }

    /// The byte that an escape at an index stands for, and the index behind it: `%2B`, `%252B`, `&#43;`, `&#x2b;`, `&plus;`, `\u002b`,
    /// `\x2b`, `\/` and a plus sign for a blank. Nil for anything else.
    private static func escape(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> (byte: UInt8, end: Int)? {
        let rest = UnsafeBufferPointer(rebasing: text[start...].prefix(12))
        switch rest[0] {
        case UInt8(ascii: "%"):
            var digits = 1
            while rest[digits...].starts(with: "25".utf8), rest.count > digits + 3 { digits += 2 }
            guard let byte = hexadecimal(rest, digits, 2) ?? hexadecimal(rest, 1, 2) else { return nil }
            return (byte, start + (hexadecimal(rest, digits, 2) == nil ? 3 : digits + 2))
        case UInt8(ascii: "\\"):
            guard rest.count > 1 else { return nil }
            switch rest[1] {
            case UInt8(ascii: "u"): return hexadecimal(rest, 2, 4).map { ($0, start + 6) }
            case UInt8(ascii: "x"): return hexadecimal(rest, 2, 2).map { ($0, start + 4) }
            default: return isLetterOrDigit(rest[1]) ? nil : (rest[1], start + 2)
            }
        case UInt8(ascii: "+"): return (UInt8(ascii: " "), start + 1)
        case UInt8(ascii: "&"):
            guard let semicolon = rest.firstIndex(of: UInt8(ascii: ";")), semicolon > 1 else { return nil }
            let name = rest[1..<semicolon]
            let end = start + semicolon + 1
            guard name.first == UInt8(ascii: "#") else { return entities.first { name.elementsEqual($0.name) }.map { ($0.byte, end) } }
            let isHexadecimal = name.count > 1 && name[2] | 0x20 == UInt8(ascii: "x")
            let digits = String(decoding: name.dropFirst(isHexadecimal ? 2 : 1), as: UTF8.self)
            return UInt8(digits, radix: isHexadecimal ? 16 : 10).map { ($0, end) }
        default: return nil
        }
    }

    /// The byte in `count` hexadecimal digits at an index; nil for other text and for larger numbers.
    private static func hexadecimal(_ text: UnsafeBufferPointer<UInt8>, _ index: Int, _ count: Int) -> UInt8? {
        guard index + count <= text.count else { return nil }
        return UInt8(String(decoding: text[index..<index + count], as: UTF8.self), radix: 16)
    }
}
