import Formats

extension DecimalText {
    /// The number that a text holds, with blanks around it and commas between its thousands.
    static func number(_ text: String) -> Double? {
        var text = text
        let plain = text.withUTF8 { number($0) }
        return plain ?? (text.contains(",") ? WrittenNumber(text)?.value(.point) : nil)
    }
}
