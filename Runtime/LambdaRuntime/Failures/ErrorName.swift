/// The error type that Lambda and its alarms show.
enum ErrorName {
    /// The error's case, or its type's name where it has no case: letters only, the first a capital.
    static func of(_ error: any Error) -> String {
        let mirror = Mirror(reflecting: error)
        var name = String(describing: type(of: error))
        if mirror.displayStyle == .enum {
            let text = mirror.children.first?.label ?? String(describing: error)
            if !text.isEmpty, text.utf8.allSatisfy(isWordCharacter) { name = text }
        }
        return capitalised(name)
    }

    static func capitalised(_ name: String) -> String {
        let letters = name.unicodeScalars.filter { $0.isASCII && $0.properties.isAlphabetic }
        guard let first = letters.first, letters.count > 1 else { return "Unknown" }
        return String(first).uppercased() + String(String.UnicodeScalarView(letters.dropFirst()))
    }

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }
}
