/// Decimal numbers as text.
package enum DecimalText {
    /// The nearest double of plain or scientific decimal text, with or without blanks and tabs around it.
    ///
    /// nil for other text, for infinities and for NaN.
    package static func number(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var (start, end) = (0, text.count)
        while start < end, text[start] == 32 || text[start] == 9 { start += 1 }
        while start < end, text[end - 1] == 32 || text[end - 1] == 9 { end -= 1 }
        guard start < end else { return nil }
        let isNegative = text[start] == UInt8(ascii: "-")
        var mantissa: UInt64 = 0
        var (digits, significant, fraction, isFraction) = (0, 0, 0, false)
        for index in (isNegative ? start + 1 : start)..<end {
            let byte = text[index]
            if byte &- 48 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(byte &- 48)
                digits += 1
                if mantissa > 0 { significant += 1 }
                if isFraction { fraction += 1 }
            } else if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else {
                return general(text[start..<end])
            }
        }
        guard digits > 0 else { return nil }
        // Both numbers are exact up to 2^53 and 10^22, so one division rounds once (Clinger's fast path).
        guard significant <= 18, mantissa <= 1 << 53, fraction < powers.count else { return general(text[start..<end]) }
        let value = Double(mantissa) / powers[fraction]
        return isNegative ? -value : value
    }

    /// Only the characters of decimal and scientific notation: `Double.init` also reads hexadecimal, and stops at a NUL.
    private static func general(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        guard text.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(Substring(decoding: text, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }

    /// The shortest text that reads back as the same value, without an exponent, such as `0.0000000013` or `411.23`.
    ///
    /// Infinities and NaN are `inf`, `-inf` and `nan`.
    package static func plain(_ value: Double) -> String {
        let text = value.description
        guard value.isFinite else { return text }
        let parts = text.split(separator: "e")
        let sign = value.sign == .minus ? "-" : ""
        let figures = parts[0].drop { $0 == "-" }.split(separator: ".")
        let fraction = figures.count == 2 && figures[1] != "0" ? String(figures[1]) : ""
        let digits = String(figures[0]) + fraction
        let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
        // The number of digits before the decimal point.
        let point = figures[0].utf8.count + exponent
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.utf8.count { return sign + digits + String(repeating: "0", count: point - digits.utf8.count) }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// 10^0 … 10^22, all exact.
    static let powers = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The digits of a number with zeros in front up to `width`; a minus sign does not count.
    package static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
