import Market
import Postgres
import Store

/// The exchanges' calendars by the hour of the query, with announced closures.
///
/// A calendar is cached for a minute of real time, which saves one database query per response.
actor CalendarCache {
    private struct Key: Hashable {
        let exchange: String
        /// Whole hours since 1970.
        let hour: Int64
    }

    private let calendars: ExchangeCalendars
    private var cached: [Key: (calendar: TradingCalendar?, readAt: ContinuousClock.Instant)] = [:]

    init(_ database: Database) { calendars = ExchangeCalendars(database) }

    /// The calendar of an exchange as of an instant; nil for an exchange without a calendar.
    func calendar(of exchange: String, asOf instant: Instant) async throws -> TradingCalendar? {
        let key = Key(exchange: exchange, hour: instant.seconds / 3600)
        if let found = cached[key], .now - found.readAt < .seconds(60) { return found.calendar }
        let calendar = try await calendars.calendar(of: exchange, asOf: instant)
        if cached.count >= 64 { cached = [:] }
        cached[key] = (calendar, .now)
        return calendar
    }
}
