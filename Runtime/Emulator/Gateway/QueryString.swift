/// Decodes query strings and percent-encoding.
enum QueryString {
    /// The decoded parameters; values of the same name are joined by commas. `nil` when there are no parameters.
    static func parameters(_ query: String) -> [String: String]? {
        guard !query.isEmpty else { return nil }
        var result: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = decode(halves[0], plusIsBlank: true)
            let value = halves.count > 1 ? decode(halves[1], plusIsBlank: true) : ""
            result[name] = result[name].map { "\($0),\(value)" } ?? value
        }
        return result.isEmpty ? nil : result
    }

    /// Percent-decodes text. A percent sign without two hexadecimal digits stays; bytes that are not UTF-8 become U+FFFD.
    static func decode(_ text: Substring, plusIsBlank: Bool) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || plusIsBlank && $0 == UInt8(ascii: "+") }) else { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let high = digit(rest[rest.startIndex]),
                let low = digit(rest[rest.startIndex + 1])
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") && plusIsBlank ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
