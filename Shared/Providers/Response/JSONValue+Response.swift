import Formats

extension JSONValue {
    /// Parses a provider's response; bare `NaN` and `Infinity` are read as null, so that only their own rows are quarantined.
    init(response bytes: [UInt8]) throws(JSONReader.Malformed) { try self.init(parsing: bytes, acceptsNonFinite: true) }

    /// The number of a number or a string; in strings, blanks around the number and commas between thousands are allowed.
    var number: Double? {
        switch self {
        case .number(let value): value
        case .string(let text): DecimalText.number(text)
        default: nil
        }
    }

    /// The elements of an array of numbers, nulls (NaN) or strings with numbers; empty for an empty array.
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
}
