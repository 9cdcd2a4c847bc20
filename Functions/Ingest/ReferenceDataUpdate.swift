import AWS
import Formats
import FoundationEssentials
import Market
import Postgres
import Providers
import Store

/// Reference data about instruments and exchanges, with the dates on which it holds:
///
/// ```json
/// {"time": "2022-06-09T12:00:00Z", "reference_data": {
///   "symbols": [{"instrument": "XNAS:FB", "symbol": "META", "from": "2022-06-09"}],
///   "closures": [{"exchange": "XNYS", "day": "2025-01-09", "reason": "day of mourning"}]}}
/// ```
package struct ReferenceDataUpdate: Decodable, Sendable, Equatable {
    /// A new instrument with an id of its own, needed if its ticker belonged to another instrument before.
    struct Listing: StrictlyDecodable, Sendable, Equatable {
        let id, symbol, exchange: String
        var currency, name: String?
        /// The instrument's first session; nil for any session.
        var from: SessionDate?

        enum CodingKeys: String, CodingKey, CaseIterable { case id, symbol, exchange, currency, name, from }
    }

    /// An instrument's symbol from a date on, at one provider (nil: at every provider).
    struct SymbolAssignment: StrictlyDecodable, Sendable, Equatable {
        let instrument, symbol: String
        var provider: String?
        let from: SessionDate
        var to: SessionDate?

        enum CodingKeys: String, CodingKey, CaseIterable { case instrument, symbol, provider, from, to }
    }

    /// A membership in the universe from a session on, until before another session (nil: without end).
    struct Membership: StrictlyDecodable, Sendable, Equatable {
        let instrument: String
        let from: SessionDate
        var to: SessionDate?

        enum CodingKeys: String, CodingKey, CaseIterable { case instrument, from, to }
    }

    /// An instrument's last session; nil revokes a delisting.
    struct Delisting: StrictlyDecodable, Sendable, Equatable {
        let instrument: String
        var lastSession: SessionDate?
        var reason: String?

        enum CodingKeys: String, CodingKey, CaseIterable { case instrument, lastSession = "last_session", reason }
    }

    /// A day on which an exchange is closed or has other session hours than by the calendar's rules.
    struct Closure: StrictlyDecodable, Sendable, Equatable {
        let exchange: String
        let day: SessionDate
        let reason: String
        /// Whether the exchange is closed; false without `hours` revokes an earlier announcement.
        var closed: Bool?
        /// The hours of a session, such as `0930-1300` or `0900-1130,1230-1500`.
        var hours: String?

        enum CodingKeys: String, CodingKey, CaseIterable { case exchange, day, reason, closed, hours }
    }

    var instruments: [Listing]?
    var symbols: [SymbolAssignment]?
    var universe: [Membership]?
    var delistings: [Delisting]?
    var closures: [Closure]?

    private enum CodingKeys: String, CodingKey, CaseIterable { case instruments, symbols, universe, delistings, closures }

    package init(from decoder: any Decoder) throws {
        try decoder.rejectUnknownMembers(but: CodingKeys.self)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        instruments = try values.decodeStrictly([Listing].self, forKey: .instruments)
        symbols = try values.decodeStrictly([SymbolAssignment].self, forKey: .symbols)
        universe = try values.decodeStrictly([Membership].self, forKey: .universe)
        delistings = try values.decodeStrictly([Delisting].self, forKey: .delistings)
        closures = try values.decodeStrictly([Closure].self, forKey: .closures)
    }

    /// Stores all entries in one transaction as known from an instant on. Returns the number of entries.
    ///
    /// - Throws: `IngestError.referenceDataInThePast` if cross-sections of that or a later instant exist, since they cannot change any more.
    func record(in database: Database, knownAt: Instant) async throws -> Int {
        for exchange in Set((instruments ?? []).map(\.exchange) + (closures ?? []).map(\.exchange)).sorted()
        where TradingCalendar.of(mic: exchange) == nil { throw IngestError.unknownExchange(exchange) }
        for closure in closures ?? [] {
            guard let hours = closure.hours else { continue }
            guard SessionHours(hours) != nil, closure.closed != true else {
                throw IngestError.invalidHours(closure.exchange, closure.day, hours)
            }
        }
        let mentioned = Set((symbols ?? []).map(\.instrument) + (universe ?? []).map(\.instrument) + (delistings ?? []).map(\.instrument))
        try await database.transaction {
            // No cross-section is computed between the check and the commit.
            try await CrossSections.lockAll(in: database)
            if let latest = try await CrossSections.latest(in: database), latest >= knownAt {
                throw IngestError.referenceDataInThePast(knownAt, latest: latest)
            }
            let store = Instruments(database)
            for listing in instruments ?? [] {
                let instrument = Instrument(
                    id: listing.id, symbol: listing.symbol, exchange: listing.exchange,
                    currency: CurrencyUnit(label: listing.currency).code
                        ?? Instrument.usualCurrency(of: listing.symbol, on: listing.exchange),
                    name: listing.name ?? listing.symbol)
                try await store.register([instrument], since: listing.from ?? SessionDate(day: 0))
            }
            let known = Set(try await store.list().map(\.id))
            guard mentioned.isSubset(of: known) else { throw IngestError.unknownSymbols(mentioned.subtracting(known).sorted()) }
            try await Symbols(database).record(
                (symbols ?? []).map {
                    Symbols.Assignment(
                        instrument: $0.instrument, provider: $0.provider ?? Symbols.anyProvider, symbol: $0.symbol, from: $0.from, to: $0.to
                    )
                }, knownAt: knownAt)
            try await Universe(database).record(
                (universe ?? []).map { Universe.Membership(instrument: $0.instrument, from: $0.from, to: $0.to) }, knownAt: knownAt)
            for delisting in delistings ?? [] {
                try await Universe(database).recordDelisting(
                    of: delisting.instrument, last: delisting.lastSession, reason: delisting.reason ?? "", knownAt: knownAt)
            }
            try await ExchangeCalendars(database).record(
                (closures ?? []).map {
                    ExchangeCalendars.Closure(
                        exchange: $0.exchange, day: $0.day, closed: $0.closed ?? ($0.hours == nil), hours: $0.hours, reason: $0.reason)
                }, knownAt: knownAt)
            // The content identifies the event among those of one instant.
            let subject = String(Digest.sha256Hex(Array("\(self)".utf8)).prefix(16))
            try await AuditLog(database).append(AuditEntry(.recordReferenceData, subject: subject, time: knownAt))
        }
        return [instruments?.count, symbols?.count, universe?.count, delistings?.count, closures?.count].reduce(0) { $0 + ($1 ?? 0) }
    }
}
