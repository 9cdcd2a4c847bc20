import Market

/// Daily bars in a table with one row for each session, whatever its columns are called.
enum CSVBars {
    /// Adds every row; nil when the table lacks a date or one of the four prices. Without a volume column volumes are zero.
    static func read(
        _ table: CSVTable, calendar: TradingCalendar?, asOf: Instant, unit: CurrencyUnit = CurrencyUnit(label: nil)
    ) -> AnswerRows? {
        let date = table.column("date", "timestamp", "data", "day", "session", "time", "datetime")
        let open = table.column("open", "otwarcie", "uopen")
        let high = table.column("high", "najwyzszy", "uhigh")
        let low = table.column("low", "najnizszy", "ulow")
        let close = table.column("close", "zamkniecie", "uclose", "close/last")
        let volume = table.column("volume", "wolumen", "uvolume")
        guard let date, let open, let high, let low, let close else { return nil }
        var rows = AnswerRows(calendar: calendar)
        for row in 0..<table.count {
            let fields = BarFields(
                open: table.number(row, open), high: table.number(row, high), low: table.number(row, low),
                close: table.number(row, close), volume: volume == nil ? 0 : table.number(row, volume))
            let stamp = table.text(row, date)
            rows.addDaily(
                fields, stamp: stamp, session: CSVBars.date(stamp), ordinal: row, asOf: asOf, zone: calendar?.zone, unit: unit)
        }
        return rows
    }

    /// `2012-01-03`, with a time behind it or not, and `20120103`.
    private static func date(_ stamp: String) -> SessionDate? {
        if let date = SessionDate(stamp.prefix(10)) { return date }
        guard stamp.utf8.count == 8, Int(stamp) != nil else { return nil }
        return SessionDate("\(stamp.prefix(4))-\(stamp.dropFirst(4).prefix(2))-\(stamp.suffix(2))")
    }
}
