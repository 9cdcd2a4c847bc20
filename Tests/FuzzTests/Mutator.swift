import Hashing

/// Damages sample inputs in the ways that broken, cut off and hostile senders do; the same seed gives the same inputs.
struct Mutator {
    private var random: SplitMix64
    private let samples: [[UInt8]]

    /// Texts that have broken parsers before: limits of numbers, brackets, quotes, escapes, line ends.
    private static let tokens: [[UInt8]] = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615", "4294967296", "-1", "0", "1e308",
        "-1e308", "1e-320", "1e999", "92000000000", "NaN", "Infinity", "-Infinity", "null", "true", "\"\"", "{}", "[]", "[[", "]]", "{\"",
        "\"}", ",", ",,", ":", "\\u0000", "\\ud83d", "\\", "\u{0}", "\u{7F}", "\r\n", "\n", "\r", "\t", "\"", "\"\"", ";", "<", "</",
        "<!--",
        "<![CDATA[", "&#x110000;", "&#0;", "&amp;", "9999-12-31", "0000-00-00", "2012-02-30", "99999999-01-01", "+14:00", "Z", "é",
        "\u{FEFF}",
    ].map { Array($0.utf8) }

    init(seed: UInt64, samples: [[UInt8]]) {
        random = SplitMix64(seed: seed)
        self.samples = samples
    }

    /// One damaged sample of at most about twice its length.
    mutating func next() -> [UInt8] {
        var bytes = samples[random.next(below: samples.count)]
        for _ in 0...random.next(below: 4) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let position = random.next(below: bytes.count + 1)
        let end = min(bytes.count, position + 1 + random.next(below: 24))
        switch random.next(below: 9) {
        case 0 where position < bytes.count: bytes[position] ^= 1 << UInt8(truncatingIfNeeded: random.next(below: 8))
        case 1 where position < bytes.count: bytes[position] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(contentsOf: Self.tokens[random.next(below: Self.tokens.count)], at: position)
        case 3: bytes.removeSubrange(position..<end)
        case 4: bytes.insert(contentsOf: bytes[position..<end], at: position)
        case 5: replaceNumber(&bytes, from: position)
        case 6: bytes.removeSubrange(position...)
        case 7: splice(&bytes, at: position)
        default: bytes.replaceSubrange(position..<end, with: Self.tokens[random.next(below: Self.tokens.count)])
        }
    }

    /// Puts another number in the place of the next one.
    private mutating func replaceNumber(_ bytes: inout [UInt8], from position: Int) {
        guard let start = bytes[position...].firstIndex(where: { (48...57).contains($0) }) else { return }
        let end = bytes[start...].firstIndex { !(48...57).contains($0) && $0 != UInt8(ascii: ".") } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Self.tokens[random.next(below: 16)])
    }

    private mutating func splice(_ bytes: inout [UInt8], at position: Int) {
        let other = samples[random.next(below: samples.count)]
        let start = random.next(below: other.count + 1)
        bytes.replaceSubrange(position..., with: other[start...].prefix(bytes.count + 64))
    }
}
