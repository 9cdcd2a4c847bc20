import Formats

extension JSONValue {
    /// Parses a provider's response; bare `NaN` and `Infinity` are read as null, so that only their own rows are quarantined.
    init(response bytes: [UInt8]) throws(JSONReader.Malformed) { try self.init(parsing: bytes, acceptsNonFinite: true) }

    /// A number, or the number that a string holds, with blanks around it and commas between its thousands.
    var number: Double? {
        switch self {
        case .number(let value): value
        case .string(let text): DecimalText.number(text)
        default: nil
        }
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
}
