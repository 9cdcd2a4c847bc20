import Market
import Postgres
import Store

/// The exchanges' calendars as they were known in the hour that is asked about, one-off closures included. Kept in memory for a minute of
/// real time, so that an answer needs no query of its own about them.
actor CalendarCache {
    private struct Moment: Hashable {
        let exchange: String
        /// Whole hours since 1970.
        let hour: Int64
    }

    private let calendars: ExchangeCalendars
    private var known: [Moment: (calendar: TradingCalendar?, readAt: ContinuousClock.Instant)] = [:]

    init(_ database: Database) { calendars = ExchangeCalendars(database) }

    /// nil for an exchange without a calendar.
    func calendar(of exchange: String, asOf instant: Instant) async throws -> TradingCalendar? {
        let moment = Moment(exchange: exchange, hour: instant.seconds / 3600)
        if let found = known[moment], .now - found.readAt < .seconds(60) { return found.calendar }
        let calendar = try await calendars.calendar(of: exchange, asOf: instant)
        if known.count >= 64 { known = [:] }
        known[moment] = (calendar, .now)
        return calendar
    }
}
