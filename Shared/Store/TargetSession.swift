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

    /// The sessions that an exchange held: those with bars of at least half as many instruments as the session before or
    /// after, and the first one.
    ///
    /// So an instrument with a bar for a day on which its exchange was closed does not make that day a session.
    ///
    /// - Parameter traded: the number of instruments with a bar for each date, in order.
    package static func held(_ traded: [(session: SessionDate, instruments: Int)]) -> [SessionDate] {
        traded.indices.filter { index in
            guard index > 0 else { return true }
            return [index - 1, index + 1].contains {
                traded.indices.contains($0) && 2 * traded[index].instruments >= traded[$0].instruments
            }
        }.map { traded[$0].session }
    }

    /// The sessions that a calendar expects after an origin, at most `count`; fewer at the calendar's end.
    package static func expected(after origin: SessionDate, count: Int, _ calendar: TradingCalendar) -> [SessionDate] {
        var sessions: [SessionDate] = []
        while sessions.count < count, let next = calendar.next(after: sessions.last ?? origin) { sessions.append(next) }
        return sessions
    }
}
