/// Formats the strings, numbers and lists of chart documents.
enum ChartJSON {
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// A price as Yahoo prints it: single precision, written out in double.
    static func price(_ value: Double) -> String { number(Double(Float(value))) }

    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    static func list(_ parts: [String]) -> String { "[" + parts.joined(separator: ",") + "]" }
}
