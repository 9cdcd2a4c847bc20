/// Percent-encoding of bytes in URLs (RFC 3986), with upper-case digits.
package enum PercentEncoding {
    /// The ASCII bytes that stay as they are; all others become `%XX`.
    package struct Unescaped: Sendable {
        private var low: UInt64 = 0
        private var high: UInt64 = 0

        init(_ punctuation: String) {
            for range in [
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            ] {
                for byte in range { insert(byte) }
            }
            for byte in punctuation.utf8 { insert(byte) }
        }

        private mutating func insert(_ byte: UInt8) { if byte < 64 { low |= 1 << byte } else { high |= 1 << (byte - 64) } }

        func contains(_ byte: UInt8) -> Bool {
            byte < 64 ? low >> byte & 1 == 1 : byte < 128 && high >> (byte - 64) & 1 == 1
        }

        /// Letters, digits, `-`, `.`, `_` and `~`: the bytes that AWS signatures do not encode.
        package static let unreserved = Unescaped("-._~")
        /// Letters, digits, `-`, `.`, `_`, `~` and `/`: the bytes of a URL's path, in which slashes separate the segments.
        package static let path = Unescaped("-._~/")
        /// Letters, digits and `-._*/`: `application/x-www-form-urlencoded` as S3 writes the keys of its notifications.
        package static let form = Unescaped("-._*/")
    }

    /// Encodes every byte outside of a set as `%XX`.
    ///
    /// - Parameter blankAsPlus: whether a blank becomes `+`, as in forms.
    package static func encode(
        _ bytes: some Sequence<UInt8>, keeping unescaped: Unescaped = .unreserved, blankAsPlus: Bool = false
    ) -> String {
        var encoded: [UInt8] = []
        for byte in bytes {
            if unescaped.contains(byte) {
                encoded.append(byte)
            } else if blankAsPlus, byte == UInt8(ascii: " ") {
                encoded.append(UInt8(ascii: "+"))
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(Hexadecimal.upperCaseDigit(byte >> 4))
                encoded.append(Hexadecimal.upperCaseDigit(byte & 15))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Encodes every byte of a text's UTF-8 outside of a set as `%XX`.
    ///
    /// - Parameter blankAsPlus: whether a blank becomes `+`, as in forms.
    package static func encode(_ text: String, keeping unescaped: Unescaped = .unreserved, blankAsPlus: Bool = false) -> String {
        encode(text.utf8, keeping: unescaped, blankAsPlus: blankAsPlus)
    }

    /// Decodes every `%XX`; a percent sign without two hexadecimal digits stays.
    ///
    /// - Parameter plusAsBlank: whether `+` becomes a blank, as in forms and queries.
    package static func decode(_ text: some StringProtocol, plusAsBlank: Bool = false) -> [UInt8] {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = Hexadecimal.value(bytes[index + 1]),
                let low = Hexadecimal.value(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(plusAsBlank && bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        return decoded
    }

    /// Decodes every `%XX` of a text to text. Decoded bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter plusAsBlank: whether `+` becomes a blank, as in forms and queries.
    package static func decodedText(_ text: some StringProtocol, plusAsBlank: Bool = false) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || plusAsBlank && $0 == UInt8(ascii: "+") }) else { return String(text) }
        return String(decoding: decode(text, plusAsBlank: plusAsBlank), as: UTF8.self)
    }
}
