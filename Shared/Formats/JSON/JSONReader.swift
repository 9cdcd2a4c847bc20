/// Reads JSON (RFC 8259) in one pass over its bytes: as a tree (`value()`), or member by member into a type of the caller's.
package struct JSONReader {
    /// Bytes that are not JSON, or not the JSON that the caller reads.
    package struct Malformed: Error, Hashable {
        /// Bytes before the first one that does not fit.
        package let offset: Int
        /// The limit that is passed there; nil where the bytes are no JSON.
        package var excess: Excess?
    }

    /// Limits for JSON whose values are kept, so that a text of many small values takes no more memory than one of few large ones.
    package struct Limits: Sendable {
        /// The most elements of an array and members of an object.
        package var elements = Int.max
        /// The most bytes of a text.
        package var textBytes = Int.max

        package init(elements: Int = .max, textBytes: Int = .max) {
            self.elements = elements
            self.textBytes = textBytes
        }
    }

    package enum Excess: Sendable, Hashable { case elements, textBytes }

    /// Valid only inside `read(_:acceptsNonFinite:_:)`.
    private let bytes: UnsafeBufferPointer<UInt8>
    private let acceptsNonFinite: Bool
    private let limits: Limits
    private var position = 0

    private init(bytes: UnsafeBufferPointer<UInt8>, acceptsNonFinite: Bool, limits: Limits = Limits()) {
        self.bytes = bytes
        self.acceptsNonFinite = acceptsNonFinite
        self.limits = limits
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The text of the string that begins at a position of a checked text; nil for none.
    static func string(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> String? {
        var end = position + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") { end += 1 }
        if end < bytes.count, bytes[end] == UInt8(ascii: "\"") {
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[(position + 1)..<end]), as: UTF8.self)
        }
        var reader = JSONReader(bytes: bytes, acceptsNonFinite: false)
        reader.position = position
        do throws(Malformed) { return try reader.string() } catch { return nil }
    }

    /// The value of the number that begins at a position; nil for none.
    static func number(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Double? {
        var reader = JSONReader(bytes: bytes, acceptsNonFinite: false)
        reader.position = position
        do throws(Malformed) { return try reader.number() } catch { return nil }
    }

    /// Calls `body` with a reader over all bytes, which it must read to their end; a byte order mark is skipped.
    ///
    /// - Parameters:
    ///   - acceptsNonFinite: whether `value()` and `skip()` read bare `NaN`, `Infinity` and `-Infinity` as null.
    ///   - limits: those of `skip()`.
    package static func read<Value>(
        _ bytes: [UInt8], acceptsNonFinite: Bool = false, limits: Limits = Limits(),
        _ body: (inout JSONReader) throws(Malformed) -> Value
    ) throws(Malformed) -> Value {
        try bytes.withUnsafeBufferPointer { (bytes) throws(Malformed) in
            var reader = JSONReader(bytes: bytes, acceptsNonFinite: acceptsNonFinite, limits: limits)
            let value = try body(&reader)
            reader.skipSpace()
            guard reader.position == bytes.count else { throw reader.malformed }
            return value
        }
    }

    /// The error of a caller that does not expect what it reads here.
    package var malformed: Malformed { Malformed(offset: position) }

    // MARK: Members and elements

    /// Calls `body` with the name of each member; it must read the member's value.
    package mutating func object(_ body: (inout JSONReader, String) throws(Malformed) -> Void) throws(Malformed) {
        try open(UInt8(ascii: "{"))
        if try close(UInt8(ascii: "}")) { return }
        repeat {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw malformed }
            let name = try text()
            skipSpace()
            try expect(":")
            try body(&self, name)
        } while try hasNext(before: UInt8(ascii: "}"))
    }

    /// Calls `body` before each element; it must read the element.
    package mutating func list(_ body: (inout JSONReader) throws(Malformed) -> Void) throws(Malformed) {
        try open(UInt8(ascii: "["))
        if try close(UInt8(ascii: "]")) { return }
        repeat { try body(&self) } while try hasNext(before: UInt8(ascii: "]"))
    }

    /// An array of texts.
    package mutating func strings() throws(Malformed) -> [String] {
        var strings: [String] = []
        try list { (reader) throws(Malformed) in strings.append(try reader.string()) }
        return strings
    }

    /// An object whose values are texts.
    package mutating func stringMap() throws(Malformed) -> [String: String] {
        var map: [String: String] = [:]
        try object { (reader, name) throws(Malformed) in map[name] = try reader.string() }
        return map
    }

    // MARK: Values

    /// A string with its escapes decoded.
    ///
    /// - Throws: `Malformed` for another value, an unknown escape, half of a surrogate pair, a control character, and bytes that are not
    ///   UTF-8.
    package mutating func string() throws(Malformed) -> String {
        skipSpace()
        guard try peek() == UInt8(ascii: "\"") else { throw malformed }
        return try text()
    }

    /// A whole number without a fraction and an exponent.
    package mutating func integer() throws(Malformed) -> Int {
        skipSpace()
        let start = position
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else { throw malformed }
        return value
    }

    /// `true` or `false`.
    ///
    /// - Throws: `Malformed` for another value.
    package mutating func bool() throws(Malformed) -> Bool {
        skipSpace()
        let isTrue = try peek() == UInt8(ascii: "t")
        try expect(isTrue ? "true" : "false")
        return isTrue
    }

    /// Any value as a tree of at most `maximumDepth` levels.
    package mutating func value() throws(Malformed) -> JSONValue { try value(depth: 0) }

    /// Checks a value of at most `maximumDepth` levels and moves past it, without memory for it.
    ///
    /// - Returns: where the value begins.
    @discardableResult
    package mutating func skip() throws(Malformed) -> Int {
        skipSpace()
        let start = position
        try skip(depth: 0)
        return start
    }

    /// The most arrays and objects inside one another.
    package static let maximumDepth = 64

    private mutating func skip(depth: Int) throws(Malformed) {
        guard depth < Self.maximumDepth else { throw malformed }
        skipSpace()
        var count = 0
        switch try peek() {
        case UInt8(ascii: "{"):
            position += 1
            if try close(UInt8(ascii: "}")) { return }
            repeat {
                skipSpace()
                guard try peek() == UInt8(ascii: "\"") else { throw malformed }
                try skipText()
                skipSpace()
                try expect(":")
                try skip(depth: depth + 1)
                count += 1
                guard count <= limits.elements else { throw Malformed(offset: position, excess: .elements) }
            } while try hasNext(before: UInt8(ascii: "}"))
        case UInt8(ascii: "["):
            position += 1
            if try close(UInt8(ascii: "]")) { return }
            repeat {
                try skip(depth: depth + 1)
                count += 1
                guard count <= limits.elements else { throw Malformed(offset: position, excess: .elements) }
            } while try hasNext(before: UInt8(ascii: "]"))
        case UInt8(ascii: "\""): try skipText()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
        default: if let name = nullName { try expect(name) } else { try skipNumber() }
        }
    }

    private mutating func value(depth: Int) throws(Malformed) -> JSONValue {
        guard depth < Self.maximumDepth else { throw malformed }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try members(depth)
        case UInt8(ascii: "["): return try elements(depth)
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try bool())
        default:
            guard let name = nullName else { return .number(try number()) }
            try expect(name)
            return .null
        }
    }

    /// The word for null that can stand here, by its first byte; nil for any other value.
    private var nullName: StaticString? {
        switch bytes[position] {
        case UInt8(ascii: "n"): "null"
        case UInt8(ascii: "N") where acceptsNonFinite: "NaN"
        case UInt8(ascii: "I") where acceptsNonFinite: "Infinity"
        case UInt8(ascii: "-") where acceptsNonFinite && position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "I"): "-Infinity"
        default: nil
        }
    }

    private mutating func members(_ depth: Int) throws(Malformed) -> JSONValue {
        var members: [JSONValue.Member] = []
        try object { (reader, name) throws(Malformed) in
            members.append(.init(key: name, value: try reader.value(depth: depth + 1)))
        }
        return .object(members)
    }

    private mutating func elements(_ depth: Int) throws(Malformed) -> JSONValue {
        var numbers: [Double] = []
        var others: [JSONValue] = []
        position += 1
        if try close(UInt8(ascii: "]")) { return .numbers([]) }
        repeat {
            let element = try value(depth: depth + 1)
            switch element {
            case .number(let number) where others.isEmpty: numbers.append(number)
            case .null where others.isEmpty: numbers.append(.nan)
            default:
                if others.isEmpty { others = numbers.map { $0.isNaN ? .null : .number($0) } }
                others.append(element)
            }
        } while try hasNext(before: UInt8(ascii: "]"))
        return others.isEmpty ? .numbers(numbers) : .array(others)
    }

    // MARK: Bytes

    private func peek() throws(Malformed) -> UInt8 {
        guard position < bytes.count else { throw malformed }
        return bytes[position]
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 32 || bytes[position] == 10 || bytes[position] == 13 || bytes[position] == 9 {
            position += 1
        }
    }

    private mutating func expect(_ text: StaticString) throws(Malformed) {
        for index in 0..<text.utf8CodeUnitCount {
            guard try peek() == text.utf8Start[index] else { throw malformed }
            position += 1
        }
    }

    private mutating func open(_ bracket: UInt8) throws(Malformed) {
        skipSpace()
        guard try peek() == bracket else { throw malformed }
        position += 1
    }

    /// Whether the bracket is the next byte, which is then passed.
    private mutating func close(_ bracket: UInt8) throws(Malformed) -> Bool {
        skipSpace()
        guard try peek() == bracket else { return false }
        position += 1
        return true
    }

    /// After an element: true past a comma, false past the closing bracket.
    private mutating func hasNext(before bracket: UInt8) throws(Malformed) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == UInt8(ascii: ",") || byte == bracket else { throw malformed }
        position += 1
        return byte != bracket
    }

    private mutating func number() throws(Malformed) -> Double {
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
    private mutating func skipNumber() throws(Malformed) {
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

    private mutating func skipExponent() throws(Malformed) {
        position += 1
        if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
        let exponent = position
        while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
        guard position > exponent else { throw malformed }
    }

    /// The text of a string whose opening quote is the next byte.
    private mutating func text() throws(Malformed) -> String {
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

    /// Checks a string whose opening quote is the next byte, and moves past it.
    private mutating func skipText() throws(Malformed) {
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
        guard position - start <= limits.textBytes else { throw Malformed(offset: start, excess: .textBytes) }
        guard isASCII || UTF8Text.isValid(UnsafeBufferPointer(rebasing: bytes[start..<position])) else { throw malformed }
        position += 1
    }

    private mutating func escape() throws(Malformed) -> Unicode.Scalar {
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

    private mutating func hexadecimal() throws(Malformed) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Hexadecimal.value(try peek()) else { throw malformed }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
