/// A value that is a text in JSON: its description.
package protocol TextCodable: Codable, CustomStringConvertible {
    /// What a text must be, with its article, for the error of another text.
    static var form: String { get }

    /// Parses a text; nil for one of another form.
    init?(text: String)
}

extension TextCodable {
    /// - Throws: `DecodingError` for another value than a text, and for a text of another form.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not \(Self.form): \(text)")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
