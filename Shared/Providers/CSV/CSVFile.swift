package import Market

/// A plain file of daily bars that somebody hands in, as traded: a header with a date, open, high, low, close and maybe a volume, in any
/// order and beside other columns; dates as `2012-01-03` or `20120103`; commas, semicolons or tabs.
package struct CSVFile: DataProvider {
    package static let name = "csv"
    package let kind = "daily"
    package let reportsActions = false
    package static let traits = ProviderTraits(
        close: .asTraded, order: .oldestFirst, stamp: .exchangeDate, key: .none, suggested: ProviderLimits())

    private let baseURL: String

    /// `baseURL` is a folder that serves `SYMBOL.csv`.
    package init(baseURL: String = "http://127.0.0.1") { self.baseURL = baseURL }

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        ProviderRequest(url: "\(baseURL)/\(percentEncoded(symbol)).csv", key: nil)
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { (body, false) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderRefusal? {
        refusal { () throws(ProviderRefusal) in _ = try table(body, status: status, headers: headers) }
    }

    package func parse(
        _ body: [UInt8], status: Int = 200, contentType: String? = nil, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let table = try table(body, status: status, headers: [])
        guard let rows = CSVBars.read(table, calendar: calendar, asOf: asOf) else {
            throw ProviderRefusal(.malformed, "the header needs a date, open, high, low and close: \(ProviderRefusal.excerpt(body))")
        }
        return rows.answer(currency: nil)
    }

    private func table(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderRefusal) -> CSVTable {
        try CSVAnswer.table(body, status: status, headers: headers)
    }
}

/// The first look at an answer that should be a table.
enum CSVAnswer {
    static func table(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderRefusal) -> CSVTable {
        let excerpt = ProviderRefusal.excerpt(body)
        if !(200..<300).contains(status) { throw ProviderRefusal.of(excerpt, status: status, headers: headers, key: nil) }
        let first = body.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
        guard let first else { throw ProviderRefusal(.emptyRange, "an empty answer") }
        guard first != UInt8(ascii: "<"), first != UInt8(ascii: "{"), let table = CSVTable(body) else {
            throw ProviderRefusal(RefusalText.kind(ofPage: excerpt), excerpt)
        }
        guard table.column("date", "timestamp", "data", "day", "session", "time", "datetime") != nil else {
            throw ProviderRefusal(RefusalText.kind(of: excerpt) ?? .malformed, "no column of dates: \(excerpt)")
        }
        guard table.count > 0 else { throw ProviderRefusal(.emptyRange, "a header without rows") }
        return table
    }
}
