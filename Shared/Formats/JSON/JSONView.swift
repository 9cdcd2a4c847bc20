/// A value inside a JSON text, read from the text's bytes when it is asked for.
///
/// `init(parsing:)` checks the whole text once. From then on reading cannot fail, and takes memory only for what it returns: a text takes no
/// more than its bytes, however many values it holds. Members and elements are found by reading from the first one on, so a reader of
/// many of them goes through `members` or `elements` once.
package struct JSONView: Sendable {
    private let bytes: [UInt8]
    /// Where the value begins.
    private let start: Int

    private init(bytes: [UInt8], start: Int) {
        self.bytes = bytes
        self.start = start
    }

    /// The value that fills all bytes.
    ///
    /// - Parameters:
    ///   - acceptsNonFinite: whether bare `NaN`, `Infinity` and `-Infinity` are read as null.
    ///   - limits: of each array, object and text.
    /// - Throws: `JSONReader.Malformed` with the offset of the first byte that is not JSON or passes a limit.
    package init(
        parsing bytes: [UInt8], acceptsNonFinite: Bool = false, limits: JSONReader.Limits = JSONReader.Limits()
    ) throws(JSONReader.Malformed) {
        start = try JSONReader.read(bytes, acceptsNonFinite: acceptsNonFinite, limits: limits) { (reader) throws(JSONReader.Malformed) in
            try reader.skip()
        }
        self.bytes = bytes
    }

    private var lead: UInt8 { bytes[start] }

    // MARK: Scalars

    package var isNull: Bool {
        switch lead {
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "I"): true
        case UInt8(ascii: "-"): start + 1 < bytes.count && bytes[start + 1] == UInt8(ascii: "I")
        default: false
        }
    }

    /// nil for anything but true and false.
    package var bool: Bool? {
        switch lead {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// The text of a string.
    package var string: String? {
        lead == UInt8(ascii: "\"") ? bytes.withUnsafeBufferPointer { JSONLexer.string(in: $0, at: start) } : nil
    }

    /// The value of a number.
    package var double: Double? {
        isNumber ? bytes.withUnsafeBufferPointer { JSONLexer.number(in: $0, at: start) } : nil
    }

    private var isNumber: Bool { lead &- 48 < 10 || lead == UInt8(ascii: "-") && !isNull }

    /// The value's own bytes, as they stand in the text.
    package var json: [UInt8] {
        bytes.withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes, at: start)
            cursor.skipValue()
            return Array(bytes[start..<cursor.position])
        }
    }

    // MARK: Members and elements

    /// The first member of that name; nil in anything but an object.
    package subscript(key: String) -> JSONView? {
        guard lead == UInt8(ascii: "{") else { return nil }
        var key = key
        let found: Int? = key.withUTF8 { key in
            bytes.withUnsafeBufferPointer { bytes in
                var name = JSONView.contents(of: start, in: bytes)
                while bytes[name] != UInt8(ascii: "}") {
                    let value = JSONView.value(ofMember: name, in: bytes)
                    if JSONView.isNamed(key, name, in: bytes) { return value }
                    name = JSONView.next(after: value, in: bytes)
                }
                return nil
            }
        }
        return found.map { JSONView(bytes: bytes, start: $0) }
    }

    /// Passes each member whose name is among `names` to `body`, with the position of its name there, in one pass over the object.
    package func forEachMember(named names: [StaticString], _ body: (Int, JSONView) -> Void) {
        guard lead == UInt8(ascii: "{") else { return }
        bytes.withUnsafeBufferPointer { bytes in
            var name = JSONView.contents(of: start, in: bytes)
            while bytes[name] != UInt8(ascii: "}") {
                let value = JSONView.value(ofMember: name, in: bytes)
                let index = names.firstIndex {
                    JSONView.isNamed(UnsafeBufferPointer(start: $0.utf8Start, count: $0.utf8CodeUnitCount), name, in: bytes)
                }
                if let index { body(index, JSONView(bytes: self.bytes, start: value)) }
                name = JSONView.next(after: value, in: bytes)
            }
        }
    }

    /// The members of an object.
    package var members: Members? { lead == UInt8(ascii: "{") ? Members(object: self) : nil }

    /// The elements of an array of objects, arrays or texts; an empty array has none, and an array of numbers and nulls is nil.
    package var elements: [JSONView]? {
        guard let all, all.isEmpty || all.contains(where: { !$0.isNumber && !$0.isNull }) else { return nil }
        return Array(all)
    }

    /// The first element of an array of objects, arrays or texts.
    package var first: JSONView? {
        guard let all, all.contains(where: { !$0.isNumber && !$0.isNull }) else { return nil }
        return all.first { _ in true }
    }

    /// All elements of an array.
    private var all: Elements? { lead == UInt8(ascii: "[") ? Elements(array: self) : nil }

    /// The elements of an array of numbers, nulls (NaN) and texts that are numbers or not (NaN); nil for an array with other elements.
    package func numbers(ofText text: (String) -> Double?) -> [Double]? {
        guard let all else { return nil }
        var numbers: [Double] = []
        for element in all {
            if let number = element.double {
                numbers.append(number)
            } else if element.isNull {
                numbers.append(.nan)
            } else if let string = element.string {
                numbers.append(text(string) ?? .nan)
            } else {
                return nil
            }
        }
        return numbers
    }
}

extension JSONView {
    /// The elements of an array, in their order.
    private struct Elements: Sequence {
        let array: JSONView

        struct Iterator: IteratorProtocol {
            private let bytes: [UInt8]
            private var position: Int

            init(_ array: JSONView) {
                bytes = array.bytes
                position = JSONView.contents(of: array)
            }

            mutating func next() -> JSONView? {
                let start = position
                guard bytes[start] != UInt8(ascii: "]") else { return nil }
                position = bytes.withUnsafeBufferPointer { JSONView.next(after: start, in: $0) }
                return JSONView(bytes: bytes, start: start)
            }
        }

        func makeIterator() -> Iterator { Iterator(array) }
        var isEmpty: Bool { array.bytes[JSONView.contents(of: array)] == UInt8(ascii: "]") }
    }

    /// A member of an object.
    package struct Member: Sendable {
        private let name: Int
        package let value: JSONView

        fileprivate init(name: Int, value: JSONView) {
            self.name = name
            self.value = value
        }

        package var key: String { value.bytes.withUnsafeBufferPointer { JSONLexer.string(in: $0, at: name) } ?? "" }
    }

    /// The members of an object, in their order.
    package struct Members: Sequence, Sendable {
        fileprivate let object: JSONView

        package struct Iterator: IteratorProtocol {
            private let bytes: [UInt8]
            private var position: Int

            fileprivate init(_ object: JSONView) {
                bytes = object.bytes
                position = JSONView.contents(of: object)
            }

            package mutating func next() -> Member? {
                let name = position
                guard bytes[name] != UInt8(ascii: "}") else { return nil }
                let start = bytes.withUnsafeBufferPointer { bytes in
                    let start = JSONView.value(ofMember: name, in: bytes)
                    position = JSONView.next(after: start, in: bytes)
                    return start
                }
                return Member(name: name, value: JSONView(bytes: bytes, start: start))
            }
        }

        package func makeIterator() -> Iterator { Iterator(object) }
        package var isEmpty: Bool { object.bytes[JSONView.contents(of: object)] == UInt8(ascii: "}") }
        package var first: Member? { first { _ in true } }

        /// The number of members, found by going over all of them.
        package var count: Int { reduce(0) { count, _ in count + 1 } }
    }

    /// Where the first member or element of a value begins, or its closing bracket stands.
    fileprivate static func contents(of value: JSONView) -> Int {
        value.bytes.withUnsafeBufferPointer { contents(of: value.start, in: $0) }
    }

    private static func contents(of start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var cursor = JSONCursor(bytes, at: start)
        cursor.advance()
        return cursor.position
    }

    /// Where the value of the member whose name begins at `name` begins.
    fileprivate static func value(ofMember name: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var cursor = JSONCursor(bytes, at: name)
        cursor.skipString()
        cursor.skipSpace()
        cursor.advance()
        return cursor.position
    }

    /// Whether the member whose name begins at `name` is called `key`.
    private static func isNamed(_ key: UnsafeBufferPointer<UInt8>, _ name: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in 0..<key.count {
            let byte = bytes[name + 1 + index]
            if byte != key[index] {
                guard byte == UInt8(ascii: "\\") else { return false }
                return JSONLexer.string(in: bytes, at: name) == String(decoding: key, as: UTF8.self)
            }
        }
        return bytes[name + 1 + key.count] == UInt8(ascii: "\"")
    }

    /// Where the member or element after the value at `start` begins, or the closing bracket stands.
    fileprivate static func next(after start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var cursor = JSONCursor(bytes, at: start)
        cursor.skipValue()
        cursor.skipSpace()
        if cursor.byte == UInt8(ascii: ",") { cursor.advance() }
        return cursor.position
    }
}
