/// A number as people and spreadsheets write it: `$187.15`, `1,234.50`, `1.234,50 €`, `1.2M`, `850K`.
struct WrittenNumber {
    /// What stands before the fraction; the other sign, where there is one, groups thousands.
    enum DecimalSign { case point, comma }

    /// Digits, full stops and commas.
    private let figures: [Character]
    private let isNegative, isPercent: Bool
    private let scale: Double

    /// nil for what is no number.
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

    /// A sign, a code of three letters, or a sign behind the letters of a country; or nothing.
    private static func isCurrency(_ text: some StringProtocol) -> Bool {
        let signs = text.filter { $0.isCurrencySymbol }.count
        let letters = text.filter { $0.isLetter && $0.isASCII }.count
        return signs + letters == text.count && signs <= 1 && (signs == 1 ? letters <= 2 : letters == 0 || letters == 3)
    }

    /// The decimal sign that the figures prove; nil where they could have either, as in `1,234`.
    var proves: DecimalSign? {
        let (points, commas) = (figures.count { $0 == "." }, figures.count { $0 == "," })
        if value(.point) == nil { return value(.comma) == nil ? nil : .comma }
        return value(.comma) == nil && points + commas > 0 ? .point : nil
    }

    var hasComma: Bool { figures.contains(",") }

    /// nil where the figures cannot be read with that sign, and for a part of a hundred.
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
