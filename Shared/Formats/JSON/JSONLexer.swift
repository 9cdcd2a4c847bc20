/// The tokens of JSON: a position in bytes, moved past one token after the other.
struct JSONLexer {
    /// Valid as long as the caller's bytes are.
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int

    /// The error of a token that does not fit here.
    var malformed: JSONReader.Malformed { JSONReader.Malformed(offset: position) }

    /// The text of the string that begins at a position of a checked text; nil for another value.
    static func string(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> String? {
        var end = position + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") { end += 1 }
        if end < bytes.count, bytes[end] == UInt8(ascii: "\"") {
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[(position + 1)..<end]), as: UTF8.self)
        }
        var lexer = JSONLexer(bytes: bytes, position: position)
        do throws(JSONReader.Malformed) { return try lexer.text() } catch { return nil }
    }

    /// The value of the number that begins at a position; nil for another value.
    static func number(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Double? {
        var lexer = JSONLexer(bytes: bytes, position: position)
        do throws(JSONReader.Malformed) { return try lexer.number() } catch { return nil }
    }

    func peek() throws(JSONReader.Malformed) -> UInt8 {
        guard position < bytes.count else { throw malformed }
        return bytes[position]
    }

    mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 32 || bytes[position] == 10 || bytes[position] == 13 || bytes[position] == 9 {
            position += 1
        }
    }

    mutating func expect(_ text: StaticString) throws(JSONReader.Malformed) {
        for index in 0..<text.utf8CodeUnitCount {
            guard try peek() == text.utf8Start[index] else { throw malformed }
            position += 1
        }
    }

    mutating func open(_ bracket: UInt8) throws(JSONReader.Malformed) {
        skipSpace()
        guard try peek() == bracket else { throw malformed }
        position += 1
    }

    /// Whether the bracket is the next byte, which is then passed.
    mutating func close(_ bracket: UInt8) throws(JSONReader.Malformed) -> Bool {
        skipSpace()
        guard try peek() == bracket else { return false }
        position += 1
        return true
    }

    /// After an element: true past a comma, false past the closing bracket.
    mutating func hasNext(before bracket: UInt8) throws(JSONReader.Malformed) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == UInt8(ascii: ",") || byte == bracket else { throw malformed }
        position += 1
        return byte != bracket
    }

    mutating func number() throws(JSONReader.Malformed) -> Double {
        let start = position
        var mantissa: UInt64 = 0
        if try peek() == UInt8(ascii: "-") { position += 1 }
        let leading = position
        let digits = skipDigits(into: &mantissa)
        guard digits > 0, digits == 1 || bytes[leading] != 48 else { throw malformed }
        var fraction = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            fraction = skipDigits(into: &mantissa)
            guard fraction > 0 else { throw malformed }
        }
        let hasExponent = position < bytes.count && bytes[position] | 0x20 == UInt8(ascii: "e")
        if !hasExponent, digits + fraction <= 15 {
            let value = Double(mantissa) / DecimalText.powers[fraction]
            return bytes[start] == UInt8(ascii: "-") ? -value : value
        }
        if hasExponent { try skipExponent() }
        guard let value = Double(Substring(decoding: bytes[start..<position], as: UTF8.self)) else { throw malformed }
        return value
    }

    /// Checks a number and moves past it.
    mutating func skipNumber() throws(JSONReader.Malformed) {
        if try peek() == UInt8(ascii: "-") { position += 1 }
        let leading = position
        while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
        guard position > leading, position == leading + 1 || bytes[leading] != 48 else { throw malformed }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let fraction = position
            while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
            guard position > fraction else { throw malformed }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") { try skipExponent() }
    }

    /// Past digits, which are appended to the mantissa (it may overflow); returns how many they are.
    private mutating func skipDigits(into mantissa: inout UInt64) -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- 48 < 10 {
            mantissa = mantissa &* 10 &+ UInt64(bytes[position] &- 48)
            position += 1
        }
        return position - start
    }

    private mutating func skipExponent() throws(JSONReader.Malformed) {
        position += 1
        if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
        let exponent = position
        while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
        guard position > exponent else { throw malformed }
    }

    /// The text of a string whose opening quote is the next byte.
    mutating func text() throws(JSONReader.Malformed) -> String {
        position += 1
        let start = position
        while try peek() != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"), bytes[position] >= 32 { position += 1 }
        if bytes[position] == UInt8(ascii: "\"") {
            guard let text = String(validating: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self) else {
                throw malformed
            }
            position += 1
            return text
        }
        var units = Array(bytes[start..<position])
        while try peek() != UInt8(ascii: "\"") {
            guard bytes[position] >= 32 else { throw malformed }
            if bytes[position] == UInt8(ascii: "\\") {
                position += 1
                units.append(contentsOf: String(try escape()).utf8)
            } else {
                units.append(bytes[position])
                position += 1
            }
        }
        position += 1
        guard let text = String(validating: units, as: UTF8.self) else { throw malformed }
        return text
    }

    /// Checks a string of at most `limit` bytes, whose opening quote is the next byte, and moves past it.
    mutating func skipText(limit: Int) throws(JSONReader.Malformed) {
        position += 1
        let start = position
        var isASCII = true
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 32 else { throw malformed }
            position += 1
            if byte == UInt8(ascii: "\\") { _ = try escape() } else if byte >= 0x80 { isASCII = false }
        }
        guard position - start <= limit else { throw JSONReader.Malformed(offset: start, excess: .textBytes) }
        guard isASCII || UTF8Text.isValid(UnsafeBufferPointer(rebasing: bytes[start..<position])) else { throw malformed }
        position += 1
    }

    private mutating func escape() throws(JSONReader.Malformed) -> Unicode.Scalar {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): break
        default: throw malformed
        }
        var code = try hexadecimal()
        if code & 0xFC00 == 0xD800 {
            try expect("\\u")
            let low = try hexadecimal()
            guard low & 0xFC00 == 0xDC00 else { throw malformed }
            code = 0x10000 + ((code & 0x3FF) << 10 | (low & 0x3FF))
        }
        guard let scalar = Unicode.Scalar(code) else { throw malformed }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONReader.Malformed) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Hexadecimal.value(try peek()) else { throw malformed }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
