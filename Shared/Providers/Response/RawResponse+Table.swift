import Formats

extension RawResponse {
    /// The CSV body of a response with status 2xx: a table with a column of dates and at least one row.
    ///
    /// - Throws: the error that the status, a page or a message means; `malformed` for other text without a header, `emptyRange` for a table
    ///   without rows.
    package func table() throws(ProviderError) -> CSVTable {
        if let encoding = RawResponse.otherEncoding(body) {
            throw ProviderError(.malformed, "the file is in \(encoding): save it as UTF-8")
        }
        if !(200..<300).contains(status) { throw error(excerpt) }
        guard let firstByte else { throw ProviderError(.emptyRange, "an empty response") }
        let isPage = firstByte == UInt8(ascii: "<") && !RawResponse.hasNamesInBrackets(body)
        if isPage || firstByte == UInt8(ascii: "{") { throw ProviderError(ProviderErrorText.kind(ofPage: excerpt), excerpt) }
        guard let table = try csvTable() else {
            let kind = ProviderErrorText.kind(ofPage: excerpt)
            guard kind == .unexpectedPage else { throw ProviderError(kind, excerpt) }
            throw ProviderError(.malformed, "no table: the first line has no comma, semicolon or tab: \(excerpt)")
        }
        guard table.dateColumn != nil else {
            throw ProviderError(ProviderErrorText.kind(of: excerpt) ?? .malformed, "no column of dates: \(excerpt)")
        }
        guard table.count > 0 else { throw ProviderError(.emptyRange, "a header without rows") }
        return table
    }

    /// The body as separated fields; nil when it has no header.
    ///
    /// - Throws: `malformed` with the line of a quote that is never closed, or that text follows, and for a table beyond the limits.
    func csvTable() throws(ProviderError) -> CSVTable? { try CSVTable(body, limit: limit) }

    /// The name of an encoding with two or four bytes per character, by its byte order mark or the zeros of Latin letters; nil for others.
    private static func otherEncoding(_ body: [UInt8]) -> String? {
        if body.starts(with: [0xFF, 0xFE, 0, 0]) || body.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
        if body.starts(with: [0xFF, 0xFE]) || body.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        let start = body.prefix(64)
        let zeros = start.enumerated().filter { $0.element == 0 }.map { $0.offset % 2 }
        return zeros.count * 4 >= start.count && Set(zeros).count == 1 ? "UTF-16" : nil
    }

    /// Whether the header is that of Stooq's bulk files: `<TICKER>,<PER>,<DATE>,…`.
    private static func hasNamesInBrackets(_ body: [UInt8]) -> Bool {
        let header = body.prefix { $0 != 10 && $0 != 13 }.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
        return header.count > 1 && header.dropFirst().allSatisfy { $0.first == UInt8(ascii: "<") && $0.last == UInt8(ascii: ">") }
    }
}
