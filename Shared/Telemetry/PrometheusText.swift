/// How Prometheus text spells names, numbers and labels.
enum PrometheusText {
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
