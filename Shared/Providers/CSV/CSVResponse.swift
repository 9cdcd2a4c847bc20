/// The first look at an answer that should be a table.
enum CSVResponse {
    static func table(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderError) -> CSVTable {
        if let encoding = foreignEncoding(body) {
            throw ProviderError(.malformed, "the file is in \(encoding): save it as UTF-8")
        }
        let excerpt = ProviderError.excerpt(body)
        if !(200..<300).contains(status) { throw ProviderError.of(excerpt, status: status, headers: headers, key: nil) }
        let first = body.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
        guard let first else { throw ProviderError(.emptyRange, "an empty answer") }
        let isPage = first == UInt8(ascii: "<") && !hasNamesInBrackets(body)
        guard !isPage, first != UInt8(ascii: "{"), let table = CSVTable(body) else {
            throw ProviderError(ProviderErrorText.kind(ofPage: excerpt), excerpt)
        }
        guard table.dateColumn != nil else {
            throw ProviderError(ProviderErrorText.kind(of: excerpt) ?? .malformed, "no column of dates: \(excerpt)")
        }
        guard table.count > 0 else { throw ProviderError(.emptyRange, "a header without rows") }
        return table
    }

    /// The name of an encoding of two or four bytes a character, by its mark or by the zeros of Latin letters in it.
    private static func foreignEncoding(_ body: [UInt8]) -> String? {
        if body.starts(with: [0xFF, 0xFE, 0, 0]) || body.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
        if body.starts(with: [0xFF, 0xFE]) || body.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        let start = body.prefix(64)
        let zeros = start.enumerated().filter { $0.element == 0 }.map { $0.offset % 2 }
        return zeros.count * 4 >= start.count && Set(zeros).count == 1 ? "UTF-16" : nil
    }

    /// Stooq's files in bulk: `<TICKER>,<PER>,<DATE>,…`.
    private static func hasNamesInBrackets(_ body: [UInt8]) -> Bool {
        let header = body.prefix { $0 != 10 && $0 != 13 }.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
        return header.count > 1 && header.dropFirst().allSatisfy { $0.first == UInt8(ascii: "<") && $0.last == UInt8(ascii: ">") }
    }
}
