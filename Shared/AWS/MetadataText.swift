import Formats

/// User metadata as header text: printable ASCII unchanged, other text as RFC 2047 encoded-words, which S3 returns too.
package enum MetadataText {
    package static func encode(_ value: String) -> String {
        let isPlain =
            value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !value.hasPrefix("=?") && CanonicalRequest.collapsed(value) == value
        return isPlain ? value : "=?UTF-8?B?\(Digest.base64(Array(value.utf8)))?="
    }

    /// Decodes encoded-words in UTF-8. Other text does not change.
    package static func decode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "?", omittingEmptySubsequences: false)
            guard parts.count == 5, parts[0] == "=", parts[4] == "=", parts[1].lowercased() == "utf-8" else { return text }
            switch parts[2] {
            case "B", "b":
                guard let decoded = Digest.bytes(base64: String(parts[3])) else { return text }
                bytes += decoded
            case "Q", "q":
                let escaped = String(decoding: parts[3].utf8.flatMap(Self.percentForm), as: UTF8.self)
                bytes += PercentEncoding.decode(escaped)
            default: return text
            }
        }
        return text.isEmpty ? text : String(decoding: bytes, as: UTF8.self)
    }

    /// A byte of the Q encoding in percent-encoding: `=C3` becomes `%C3`, `_` becomes a blank.
    private static func percentForm(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "="): [UInt8(ascii: "%")]
        case UInt8(ascii: "_"): [0x20]
        case UInt8(ascii: "%"): Array("%25".utf8)
        default: [byte]
        }
    }
}
