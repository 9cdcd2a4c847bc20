import Formats

extension DecimalText {
    /// The number in a text; blanks around the number and commas between thousands are allowed.
    static func number(_ text: String) -> Double? {
        var text = text
        let plain = text.withUTF8 { number($0) }
        return plain ?? (text.contains(",") ? WrittenNumber(text)?.value(.point) : nil)
    }
}
