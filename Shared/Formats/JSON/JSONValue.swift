/// A parsed JSON value.
///
/// A parsed or decoded array that holds only numbers and nulls is `.numbers`, the form of price histories; every other array is `.array`.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    /// An array of numbers and nulls; NaN stands for null.
    case numbers([Double])
    case array([JSONValue])
    /// The members in their order.
    case object([Member])

    /// One name and its value in an object. A parsed object may have a name more than once.
    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// An object with its members in the order of their names.
    package init(_ members: [String: JSONValue]) {
        self = .object(members.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: $0.value) })
    }

    /// An array in its normal form: `.numbers` if it holds only numbers and nulls, or nothing.
    private init(array elements: [JSONValue]) {
        var numbers: [Double] = []
        numbers.reserveCapacity(elements.count)
        for element in elements {
            switch element {
            case .number(let number): numbers.append(number)
            case .null: numbers.append(.nan)
            default:
                self = .array(elements)
                return
            }
        }
        self = .numbers(numbers)
    }

    /// Parses one value that fills all bytes.
    ///
    /// - Parameter acceptsNonFinite: whether bare `NaN`, `Infinity` and `-Infinity` are read as null.
    /// - Throws: `JSONReader.Malformed` with the offset of the first byte that is not JSON.
    package init(parsing bytes: [UInt8], acceptsNonFinite: Bool = false) throws(JSONReader.Malformed) {
        self = try JSONReader.read(bytes, acceptsNonFinite: acceptsNonFinite) { (reader) throws(JSONReader.Malformed) in
            try reader.value()
        }
    }
}

extension JSONValue {
    /// The first member of that name; nil in anything but an object.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The members of an object.
    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The text of a string.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array of objects, arrays or texts; an empty array has none, and an array of numbers is nil.
    package var elements: [JSONValue]? {
        switch self {
        case .array(let elements): elements
        case .numbers(let numbers) where numbers.isEmpty: []
        default: nil
        }
    }

    /// The first element of an array of objects, arrays or texts.
    package var first: JSONValue? {
        if case .array(let elements) = self { elements.first } else { nil }
    }

    /// Whether the value is `null`.
    package var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

/// Equal are values that stand for the same JSON: objects in any order of their members, arrays of numbers in either form.
extension JSONValue: Hashable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left.plain, right.plain) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch plain {
        case .null, .numbers: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let text): hasher.combine(text)
        case .array(let elements): hasher.combine(elements)
        case .object(let members): hasher.combine(members)
        }
    }

    /// Numbers as an array of values, members in the order of their names.
    private var plain: JSONValue {
        switch self {
        case .numbers(let numbers): .array(numbers.map { $0.isNaN ? .null : .number($0) })
        case .object(let members): .object(members.sorted { $0.key < $1.key })
        default: self
        }
    }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONValue].self) {
            self.init(array: array)
        } else {
            self.init(try value.decode([String: JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch plain {
        case .null, .numbers: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .number(let number): if let whole = Int64(exactly: number) { try value.encode(whole) } else { try value.encode(number) }
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let members):
            try value.encode(Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first })
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByDictionaryLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { Member(key: $0.0, value: $0.1) })
    }
}
