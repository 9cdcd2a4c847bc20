/// Decimal numbers in bytes.
enum DecimalText {
    private static let powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

    /// The nearest double; nil for what is no number, for infinities and for NaN. Blanks around it do not count.
    static func number(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        var text = text
        while text.first == 32 { text.removeFirst() }
        while text.last == 32 { text.removeLast() }
        guard let first = text.first else { return nil }
        var mantissa: UInt64 = 0
        var (digits, fraction, isFraction) = (0, 0, false)
        for byte in first == UInt8(ascii: "-") ? text.dropFirst() : text {
            if byte &- 48 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(byte &- 48)
                digits += 1
                if isFraction { fraction += 1 }
            } else if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else {
                return slow(text)
            }
        }
        guard digits > 0, digits <= 15 else { return digits > 0 ? slow(text) : nil }
        let value = Double(mantissa) / powers[fraction]
        return first == UInt8(ascii: "-") ? -value : value
    }

    /// The same of a text, which may have commas between thousands.
    static func number(_ text: String) -> Double? {
        var text = text
        let plain = text.withUTF8 { number($0[...]) }
        return plain ?? (text.contains(",") ? WrittenNumber(text)?.value(.point) : nil)
    }

    private static func slow(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        Double(Substring(decoding: text, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }
}
