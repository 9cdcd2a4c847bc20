/// How names and numbers are spelled in the two formats.
enum MetricText {
    /// A JSON string.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case _ where scalar.value < 0x20: out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// A JSON number; what JSON cannot spell becomes 0.
    static func json(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    static func prometheus(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    /// A metric or label name with every foreign character replaced by an underscore.
    static func name(_ text: String, colons: Bool) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            let letter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_" || (colons && scalar == ":")
            let digit = ("0"..."9").contains(scalar)
            if digit, out.isEmpty { out += "_" }
            out.unicodeScalars.append(letter || digit ? scalar : "_")
        }
        return out.isEmpty ? "_" : out
    }

    /// The value of a label, escaped.
    static func label(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
