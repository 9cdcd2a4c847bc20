/// Writes fields of comma-separated text.
package enum CSVWriter {
    /// A field as it must be written: in quotes, with quotes doubled, where it holds a comma, a quote or a line end.
    package static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }) else {
            return text
        }
        var field = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { field += "\"" }
            field.unicodeScalars.append(scalar)
        }
        return field + "\""
    }

    /// One record, without a line end.
    package static func record(_ fields: [String]) -> String { fields.map(field).joined(separator: ",") }
}
