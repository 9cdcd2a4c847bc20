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
        /// The most arrays and objects inside one another.
        package var depth = JSONReader.maximumDepth

        package init(elements: Int = .max, textBytes: Int = .max, depth: Int = JSONReader.maximumDepth) {
            self.elements = elements
            self.textBytes = textBytes
            self.depth = depth
        }
    }

    package enum Excess: Sendable, Hashable { case elements, textBytes }

    /// Valid only inside `read(_:acceptsNonFinite:_:)`.
    private var lexer: JSONLexer
    private let acceptsNonFinite: Bool
    private let limits: Limits

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
            let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            var reader = JSONReader(
                lexer: JSONLexer(bytes: bytes, position: start), acceptsNonFinite: acceptsNonFinite, limits: limits)
            let value = try body(&reader)
            reader.lexer.skipSpace()
            guard reader.lexer.position == bytes.count else { throw reader.malformed }
            return value
        }
    }

    /// The error of a caller that does not expect what it reads here.
    package var malformed: Malformed { lexer.malformed }

    // MARK: Members and elements

    /// Calls `body` with the name of each member; it must read the member's value.
    package mutating func object(_ body: (inout JSONReader, String) throws(Malformed) -> Void) throws(Malformed) {
        try lexer.open(UInt8(ascii: "{"))
        if try lexer.close(UInt8(ascii: "}")) { return }
        repeat {
            lexer.skipSpace()
            guard try lexer.peek() == UInt8(ascii: "\"") else { throw malformed }
            let name = try lexer.text()
            lexer.skipSpace()
            try lexer.expect(":")
            try body(&self, name)
        } while try lexer.hasNext(before: UInt8(ascii: "}"))
    }

    /// Calls `body` before each element; it must read the element.
    package mutating func list(_ body: (inout JSONReader) throws(Malformed) -> Void) throws(Malformed) {
        try lexer.open(UInt8(ascii: "["))
        if try lexer.close(UInt8(ascii: "]")) { return }
        repeat { try body(&self) } while try lexer.hasNext(before: UInt8(ascii: "]"))
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
        lexer.skipSpace()
        guard try lexer.peek() == UInt8(ascii: "\"") else { throw malformed }
        return try lexer.text()
    }

    /// A whole number without a fraction and an exponent.
    package mutating func integer() throws(Malformed) -> Int {
        lexer.skipSpace()
        let start = lexer.position
        if lexer.position < lexer.bytes.count, lexer.bytes[lexer.position] == UInt8(ascii: "-") { lexer.position += 1 }
        while lexer.position < lexer.bytes.count, lexer.bytes[lexer.position] &- 48 < 10 { lexer.position += 1 }
        guard let value = Int(String(decoding: lexer.bytes[start..<lexer.position], as: UTF8.self)) else { throw malformed }
        return value
    }

    /// `true` or `false`.
    ///
    /// - Throws: `Malformed` for another value.
    package mutating func bool() throws(Malformed) -> Bool {
        lexer.skipSpace()
        let isTrue = try lexer.peek() == UInt8(ascii: "t")
        try lexer.expect(isTrue ? "true" : "false")
        return isTrue
    }

    /// Any value as a tree of at most `maximumDepth` levels.
    package mutating func value() throws(Malformed) -> JSONValue { try value(depth: 0) }

    /// Checks a value and moves past it, without memory for it. Numbers may be of any size.
    ///
    /// - Returns: where the value begins.
    @discardableResult
    package mutating func skip() throws(Malformed) -> Int {
        lexer.skipSpace()
        let start = lexer.position
        try skip(depth: 0)
        return start
    }

    /// The most arrays and objects inside one another of a tree, and of any value unless the limits say otherwise.
    package static let maximumDepth = 64

    private mutating func skip(depth: Int) throws(Malformed) {
        guard depth < limits.depth else { throw malformed }
        lexer.skipSpace()
        var count = 0
        switch try lexer.peek() {
        case UInt8(ascii: "{"):
            lexer.position += 1
            if try lexer.close(UInt8(ascii: "}")) { return }
            repeat {
                lexer.skipSpace()
                guard try lexer.peek() == UInt8(ascii: "\"") else { throw malformed }
                try lexer.skipText(limit: limits.textBytes)
                lexer.skipSpace()
                try lexer.expect(":")
                try skip(depth: depth + 1)
                count += 1
                guard count <= limits.elements else { throw Malformed(offset: lexer.position, excess: .elements) }
            } while try lexer.hasNext(before: UInt8(ascii: "}"))
        case UInt8(ascii: "["):
            lexer.position += 1
            if try lexer.close(UInt8(ascii: "]")) { return }
            repeat {
                try skip(depth: depth + 1)
                count += 1
                guard count <= limits.elements else { throw Malformed(offset: lexer.position, excess: .elements) }
            } while try lexer.hasNext(before: UInt8(ascii: "]"))
        case UInt8(ascii: "\""): try lexer.skipText(limit: limits.textBytes)
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
        default: if let name = nullName { try lexer.expect(name) } else { try lexer.skipNumber() }
        }
    }

    private mutating func value(depth: Int) throws(Malformed) -> JSONValue {
        guard depth < Self.maximumDepth else { throw malformed }
        lexer.skipSpace()
        switch try lexer.peek() {
        case UInt8(ascii: "{"): return try members(depth)
        case UInt8(ascii: "["): return try elements(depth)
        case UInt8(ascii: "\""): return .string(try lexer.text())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try bool())
        default:
            guard let name = nullName else { return .number(try lexer.number()) }
            try lexer.expect(name)
            return .null
        }
    }

    /// The word for null that can stand here, by its first byte; nil for any other value.
    private var nullName: StaticString? {
        switch lexer.bytes[lexer.position] {
        case UInt8(ascii: "n"): "null"
        case UInt8(ascii: "N") where acceptsNonFinite: "NaN"
        case UInt8(ascii: "I") where acceptsNonFinite: "Infinity"
        case UInt8(ascii: "-")
        where acceptsNonFinite && lexer.position + 1 < lexer.bytes.count && lexer.bytes[lexer.position + 1] == UInt8(ascii: "I"):
            "-Infinity"
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
        lexer.position += 1
        if try lexer.close(UInt8(ascii: "]")) { return .numbers([]) }
        repeat {
            let element = try value(depth: depth + 1)
            switch element {
            case .number(let number) where others.isEmpty: numbers.append(number)
            case .null where others.isEmpty: numbers.append(.nan)
            default:
                if others.isEmpty { others = numbers.map { $0.isNaN ? .null : .number($0) } }
                others.append(element)
            }
        } while try lexer.hasNext(before: UInt8(ascii: "]"))
        return others.isEmpty ? .numbers(numbers) : .array(others)
    }
}
