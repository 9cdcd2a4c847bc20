/// A parsed JSON value. Arrays of nothing but numbers and nulls are kept flat, because that is what price histories are.
package enum JSONValue {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    /// NaN stands for null.
    case numbers([Double])
    case array([JSONValue])
    /// Members in their order.
    case object([Member])

    package struct Member {
        let key: String
        let value: JSONValue
    }

    /// The first member of that name; nil in anything but an object.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A number, or the number that a string holds, blanks around it and commas between its thousands allowed.
    var number: Double? {
        switch self {
        case .number(let value): value
        case .string(let text): DecimalText.number(text)
        default: nil
        }
    }

    /// The elements of an array of objects or arrays; an empty array has none.
    var elements: [JSONValue]? {
        switch self {
        case .array(let elements): elements
        case .numbers(let numbers) where numbers.isEmpty: []
        default: nil
        }
    }

    /// The first element of an array of objects or arrays.
    var first: JSONValue? {
        if case .array(let elements) = self { elements.first } else { nil }
    }

    /// The elements of an array of numbers and nulls (NaN), or of texts that hold them; an empty array counts as one.
    var numbers: [Double]? {
        switch self {
        case .numbers(let values): values
        case .array(let elements) where elements.allSatisfy(\.isScalar): elements.map { $0.number ?? .nan }
        default: nil
        }
    }

    private var isScalar: Bool {
        switch self {
        case .null, .number, .string: true
        default: false
        }
    }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }
}
