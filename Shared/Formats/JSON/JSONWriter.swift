/// Writes JSON as bytes, one value after the other; members stand in the order of the calls.
///
/// Strings are escaped as JSON requires: quotes, backslashes and control characters, not slashes and not characters beyond ASCII. NaN and
/// infinities are written as `null`.
package struct JSONWriter {
    /// The UTF-8 written so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// - Parameter capacity: the number of bytes to reserve.
    package init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

    /// Writes an object; `body` writes its members, each as a key and a value.
    package mutating func object(_ body: (inout JSONWriter) -> Void) { enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), body) }

    /// Writes an array; `body` writes its elements.
    package mutating func list(_ body: (inout JSONWriter) -> Void) { enclose(UInt8(ascii: "["), UInt8(ascii: "]"), body) }

    /// Writes an array with one value per element; `each` writes the value.
    @inlinable
    package mutating func list<Element>(_ elements: some Sequence<Element>, _ each: (inout JSONWriter, Element) -> Void) {
        list { writer in
            for element in elements { each(&writer, element) }
        }
    }

    /// Writes a string, escaped.
    package mutating func string(_ text: String) {
        separate()
        quote(text)
    }

    /// Writes a whole number.
    package mutating func number(_ value: Int64) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a whole number of at most 64 bits; a wider type's number beyond `Int64` is a programming error.
    @inlinable
    package mutating func number(_ value: some SignedInteger & FixedWidthInteger) { number(Int64(value)) }

    /// Writes a number as the shortest text that reads back as the same value; `null` for NaN and infinities.
    package mutating func number(_ value: Double) {
        separate()
        guard value.isFinite else { return bytes.append(contentsOf: "null".utf8) }
        var text = value.description
        if text.hasSuffix(".0") { text.removeLast(2) }
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes `null`.
    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes the name of the member whose value is written next. It is not escaped, so it must need no escapes.
    package mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes the name of the member whose value is written next, escaped.
    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a whole value; members of its objects stand in the order of their names, and NaN in `.numbers` is `null`.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .numbers(let numbers): list(numbers) { $0.number($1) }
        case .array(let elements): list(elements) { $0.value($1) }
        case .object(let members):
            object {
                for member in members.sorted(by: { $0.key < $1.key }) {
                    $0.key(member.key)
                    $0.value(member.value)
                }
            }
        }
    }

    private mutating func enclose(_ opening: UInt8, _ closing: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(opening)
        needsComma = false
        body(&self)
        bytes.append(closing)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { text in
            var clean = 0
            for index in text.indices where text[index] < 0x20 || text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "\\") {
                bytes.append(contentsOf: text[clean..<index])
                escape(text[index])
                clean = index + 1
            }
            bytes.append(contentsOf: text[clean...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0c: bytes.append(UInt8(ascii: "f"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        case 0..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            bytes.append(contentsOf: String(byte & 15, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}

extension JSONWriter {
    /// Writes a member whose value is a string. The name is not escaped, as in all functions of this extension; the text is.
    package mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    /// Writes a member whose value is a number; `null` for NaN and infinities.
    package mutating func member(_ name: StaticString, _ value: Double) {
        key(name)
        number(value)
    }

    /// Writes a member whose value is a whole number of at most 64 bits.
    @inlinable
    package mutating func member(_ name: StaticString, _ value: some SignedInteger & FixedWidthInteger) {
        key(name)
        number(value)
    }

    /// Writes a member whose value is `true` or `false`.
    package mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Writes a member with a whole value, as `value(_:)` does.
    package mutating func member(_ name: StaticString, _ value: JSONValue) {
        key(name)
        self.value(value)
    }

    /// Writes a member whose value is an object; `body` writes the object's members.
    package mutating func object(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        key(name)
        object(body)
    }

    /// Writes a member whose value is an object of strings, in the order of their names; names and texts are escaped.
    package mutating func stringMap(_ name: StaticString, _ map: [String: String]) {
        object(name) {
            for (key, value) in map.sorted(by: { $0.key < $1.key }) {
                $0.key(key)
                $0.string(value)
            }
        }
    }

    /// Writes a member whose value is an array with one value per element; `each` writes the value.
    @inlinable
    package mutating func list<Element>(
        _ name: StaticString, _ elements: some Sequence<Element>, _ each: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        list(elements, each)
    }
}
