package import Market

/// The target session of a forecast: the h-th session after its origin that the exchange held.
///
/// Before the exchange has held that many sessions, its calendar says which session is expected. Once it has, only the sessions held count,
/// whether or not the instrument traded.
package enum TargetSession {
    /// The target session; nil if fewer sessions than the horizon follow the origin.
    ///
    /// - Parameter sessions: the exchange's sessions in order, held or expected.
    package static func find(horizon: Int, after origin: SessionDate, in sessions: [SessionDate]) -> SessionDate? {
        var (low, high) = (0, sessions.count)
        while low < high {
            let middle = (low + high) / 2
            if sessions[middle] <= origin { low = middle + 1 } else { high = middle }
        }
        let index = low + horizon - 1
        return sessions.indices.contains(index) ? sessions[index] : nil
    }

    /// The number of dates on each side with which a date is compared: more than any closure of an exchange has days.
    private static let neighbours = 10
    /// The least number of dates after a date that say something about it.
    private static let fewestAfter = 3

    /// The sessions that an exchange held: those with bars of at least half as many instruments as the busiest of the ten dates before or of
    /// the ten dates after, and the first one. The last three dates are compared with those before them.
    ///
    /// So an instrument with bars for days on which its exchange was closed does not make them sessions, not even several days in a row. A
    /// universe that grows or shrinks does, because the dates on one side have as few instruments.
    ///
    /// - Parameter traded: the number of instruments with a bar for each date, in order.
    package static func held(_ traded: [(session: SessionDate, instruments: Int)]) -> [SessionDate] {
        traded.indices.filter { index in
            guard let before = traded[..<index].suffix(neighbours).map(\.instruments).max() else { return true }
            let following = traded[(index + 1)...].prefix(neighbours).map(\.instruments)
            let after = following.count < fewestAfter ? nil : following.max()
            return 2 * traded[index].instruments >= min(before, after ?? before)
        }.map { traded[$0].session }
    }

    /// The sessions that a calendar expects after an origin, at most `count`; fewer at the calendar's end.
    package static func expected(after origin: SessionDate, count: Int, _ calendar: TradingCalendar) -> [SessionDate] {
        var sessions: [SessionDate] = []
        while sessions.count < count, let next = calendar.next(after: sessions.last ?? origin) { sessions.append(next) }
        return sessions
    }
}
