/// Parses the numbers of CSV fields without an intermediate string.
enum DecimalParser {
    /// The nearest double of plain or scientific decimal text; nil for empty or other text.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> Double? {
        var mantissa: UInt64 = 0
        var digits = 0
        var scale = 0
        var point = false
        var index = 0
        let negative = bytes.first == UInt8(ascii: "-")
        if negative { index = 1 }
        guard index < bytes.count else { return nil }
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 48, byte <= 57 {
                mantissa = mantissa &* 10 &+ UInt64(byte - 48)
                if mantissa > 0 { digits += 1 }
                if point { scale += 1 }
            } else if byte == UInt8(ascii: "."), !point {
                point = true
            } else {
                return slow(bytes)
            }
            index += 1
        }
        // Both are exact up to 2^53 and 10^22, so one division rounds once (Clinger's fast path).
        guard digits <= 18, mantissa <= 1 << 53, scale < powers.count else { return slow(bytes) }
        let value = Double(mantissa) / powers[scale]
        return negative ? -value : value
    }

    private static func slow(_ bytes: UnsafeRawBufferPointer) -> Double? {
        Double(String(decoding: bytes, as: UTF8.self).trimmed).flatMap { $0.isFinite ? $0 : nil }
    }

    private static let powers: [Double] = (0...22).map { exponent in (0..<exponent).reduce(1.0) { power, _ in power * 10 } }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
