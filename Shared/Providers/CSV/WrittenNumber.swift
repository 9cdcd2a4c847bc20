/// A number as people and spreadsheets write it: `$187.15`, `1,234.50`, `1.234,50 €`, `1.2M`, `850K`.
struct WrittenNumber {
    /// The sign before the fraction; the other sign groups thousands.
    enum DecimalSign { case point, comma }

    /// The number's digits, full stops and commas.
    private let figures: [Character]
    private let isNegative, isPercent: Bool
    private let scale: Double

    /// Parses a text; nil for text that is no number.
    init?(_ text: String) {
        var rest = text.filter { !$0.isWhitespace && $0 != "'" && $0 != "’" }[...]
        isNegative = rest.first == "-" || rest.first == "−"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        let isFigure = { (character: Character) in character.isASCII && character.isNumber || character == "." || character == "," }
        let before = rest.prefix { !isFigure($0) }
        rest = rest.dropFirst(before.count)
        figures = Array(rest.prefix(while: isFigure))
        var after = rest.dropFirst(figures.count).uppercased()
        guard WrittenNumber.isCurrency(before), figures.contains(where: \.isNumber) else { return nil }
        isPercent = after == "%"
        let scales: [Character: Double] = ["K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12]
        scale = after.first.flatMap { after.count == 1 ? scales[$0] : nil } ?? 1
        if isPercent || scale != 1 { after = "" }
        guard WrittenNumber.isCurrency(after) else { return nil }
    }

    /// Whether a text is a currency sign, a code of three letters, a sign after a country's letters (`US$`), or empty.
    private static func isCurrency(_ text: some StringProtocol) -> Bool {
        let signs = text.filter { $0.isCurrencySymbol }.count
        let letters = text.filter { $0.isLetter && $0.isASCII }.count
        return signs + letters == text.count && signs <= 1 && (signs == 1 ? letters <= 2 : letters == 0 || letters == 3)
    }

    /// The only decimal sign that fits the figures; nil if both fit, as in `1,234`.
    var proves: DecimalSign? {
        let (points, commas) = (figures.count { $0 == "." }, figures.count { $0 == "," })
        if value(.point) == nil { return value(.comma) == nil ? nil : .comma }
        return value(.comma) == nil && points + commas > 0 ? .point : nil
    }

    var hasComma: Bool { figures.contains(",") }

    /// The value with a decimal sign; nil if the figures do not fit the sign, and for a percentage.
    func value(_ sign: DecimalSign) -> Double? {
        guard !isPercent else { return nil }
        let (decimal, grouping): (Character, Character) = sign == .point ? (".", ",") : (",", ".")
        let parts = figures.split(separator: decimal, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || !parts[1].contains(grouping) else { return nil }
        let groups = parts[0].split(separator: grouping, omittingEmptySubsequences: false)
        guard groups.count == 1 || (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
        guard let number = Double(String(groups.joined()) + "." + (parts.count == 2 ? String(parts[1]) : "") + "0"), number.isFinite
        else { return nil }
        return (isNegative ? -1 : 1) * number * scale
    }
}
