import Market

/// Parses daily bars from a table with one row per session and columns under any of their usual names.
package struct CSVBars {
    private let table: CSVTable
    private let date, open, high, low, close: Int
    private let volume: Int?
    private let dates: CSVDates

    /// - Throws: `malformed` when the table lacks a date or one of the four prices, has several rows for one session, or ambiguous dates.
    init(_ table: CSVTable) throws(ProviderError) {
        let columns = [
            table.dateColumn, table.column("open", "otwarcie", "uopen"), table.column("high", "najwyzszy", "uhigh"),
            table.column("low", "najnizszy", "ulow"), table.column("close", "zamkniecie", "uclose", "close/last", "last", "price"),
        ].compactMap(\.self)
        guard columns.count == 5 else {
            throw ProviderError(
                .malformed, "the header needs a date, open, high, low and close: \(table.names.joined(separator: ","))")
        }
        self.table = table
        (date, open, high, low, close) = (columns[0], columns[1], columns[2], columns[3], columns[4])
        volume = table.column("volume", "wolumen", "uvolume", "vol")
        try CSVBars.checkOneSeries(table)
        dates = try CSVBars.dates(table, date)
        try CSVBars.checkDays(table, date, dates)
    }

    /// Rejects files of several symbols and of intraday bars, which have the same columns.
    private static func checkOneSeries(_ table: CSVTable) throws(ProviderError) {
        for (column, isWanted) in [(table.column("ticker", "symbol"), { _ in true }), (table.column("per"), { $0 == "D" })]
            as [(Int?, (String) -> Bool)]
        {
            guard let column, table.count > 0 else { continue }
            let first = table.text(0, column)
            guard isWanted(first) else { throw ProviderError(.malformed, "rows of the period \(first), which are not days") }
            if let other = (1..<max(1, table.count)).lazy.map({ table.text($0, column) }).first(where: { $0 != first }) {
                throw ProviderError(.malformed, "rows of \(first) and of \(other): upload each in a file of its own")
            }
        }
    }

    private static func dates(_ table: CSVTable, _ column: Int) throws(ProviderError) -> CSVDates {
        try CSVDates((0..<table.count).lazy.map { table.text($0, column) }.filter { !CSVDates.isPlain($0) })
    }

    /// Rejects rows at different times of one date: intraday files have the same columns.
    private static func checkDays(_ table: CSVTable, _ column: Int, _ dates: CSVDates) throws(ProviderError) {
        let time = table.column("time").flatMap { $0 == column ? nil : $0 }
        var seen: [SessionDate: String] = [:]
        for row in 0..<table.count {
            let stamp = table.text(row, column) + (time.map { " " + table.text(row, $0) } ?? "")
            guard CSVDates.hasTime(stamp), let date = dates.date(table.text(row, column)) else { continue }
            if let other = seen.updateValue(stamp, forKey: date), other != stamp {
                throw ProviderError(.malformed, "rows within a day, not of days: \(other) and \(stamp)")
            }
        }
    }

    /// Collects the bars. Without a volume column, volumes are zero. An empty volume (an index has none) is zero too, and recorded once.
    func collect(calendar: TradingCalendar?, asOf: Instant) -> DailyBarCollector {
        var bars = DailyBarCollector(calendar: calendar)
        var empty: (count: Int, last: Int) = (0, 0)
        for row in 0..<table.count {
            var fields = BarFields(
                open: table.number(row, open), high: table.number(row, high), low: table.number(row, low),
                close: table.number(row, close), volume: volume == nil ? 0 : table.number(row, volume))
            if fields.volume == nil, table.isEmpty(row, volume), fields.close != nil {
                fields.volume = 0
                empty = (empty.count + 1, row)
            }
            let stamp = table.text(row, date)
            bars.addDaily(fields, stamp: stamp, session: dates.date(stamp), ordinal: row, asOf: asOf, zone: calendar?.zone)
        }
        if empty.count > 0 {
            bars.recordMissingVolumes(
                of: empty.count, last: empty.last, dates.date(table.text(empty.last, date)), table.line(empty.last))
        }
        return bars
    }
}
