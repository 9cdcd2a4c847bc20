/// Text from outside in the form in which a terminal may show it.
///
/// A terminal obeys control characters: they move the cursor, change the title, or overwrite what was printed before.
enum PrintableText {
    /// The text with control characters as `\u001b`, four hexadecimal digits each as in JSON, so that a JSON document keeps its value.
    ///
    /// Line feeds and tabs stay, and a carriage return before a line feed is left out. The characters that reverse the direction of what
    /// follows, and the separators of lines and paragraphs, are control characters here.
    static func of(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for character in text {
            if character == "\r\n" {
                result += "\n"
            } else {
                for scalar in character.unicodeScalars {
                    if isControl(scalar) { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
                }
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
