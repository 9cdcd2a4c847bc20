import Market

/// When the sessions of one exchange open and close, in Unix seconds.
struct SessionHours: Sendable {
    let calendar: TradingCalendar

    func opens(_ session: SessionDate) -> Int64 { calendar.open(of: session).seconds }
    func closes(_ session: SessionDate) -> Int64 { calendar.close(of: session).seconds }
}
