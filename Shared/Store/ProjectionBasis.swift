package import Market
package import Postgres

/// What stands in the tables before a response is projected, read by one query. Read it under `ProviderResponses.lock`.
package struct ProjectionBasis: Sendable {
    package let instrument: Instrument
    /// Whether the response has been projected already.
    package let isProjected: Bool
    /// Whether a later response of the instrument has been projected.
    package let hasLater: Bool
    /// The calendar of the instrument's exchange as known with the response; nil for an exchange without one.
    package let calendar: TradingCalendar?
    /// The providers and kinds of the responses about the instrument that were known with the response.
    package let kinds: [(provider: String, kind: String)]

    /// Reads the basis of a response's projection; nil for an unknown instrument.
    package static func read(_ database: Database, for response: ProviderResponse) async throws(PostgresError) -> ProjectionBasis? {
        try await database.query(
            """
            SELECT \(Instruments.columns()), EXISTS (SELECT FROM provider_responses WHERE object_key = $2), EXISTS (
                    SELECT FROM provider_responses r WHERE \(ProviderResponses.isLater(than: "$3, $4, $5, $2", of: "i.number"))),
                \(ExchangeCalendars.announcements(of: "i.exchange", asOf: "$3")), ARRAY(
                    SELECT DISTINCT provider || ' ' || kind FROM provider_responses WHERE instrument = i.number AND known_at <= $3 ORDER BY 1)
            FROM instruments i WHERE i.id = $1
            """, [response.instrument, response.key, response.knownAt, response.fetchedAt, response.sha256]
        ).one { row throws(PostgresError) in
            let instrument = try Instruments.instrument(row)
            let kinds = (try row[8] as [String]).map { $0.split(separator: " ", maxSplits: 1) }
            return ProjectionBasis(
                instrument: instrument, isProjected: try row[5], hasLater: try row[6],
                calendar: ExchangeCalendars.calendar(of: instrument.exchange, announcements: try row[7]),
                kinds: kinds.map { (provider: String($0[0]), kind: String($0[1])) })
        }
    }
}
