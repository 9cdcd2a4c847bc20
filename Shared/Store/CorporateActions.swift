package import Market
package import Postgres

/// Versions of splits and dividends, by source.
package struct CorporateActions: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Stores the actions that differ from their version before `response`, and retractions of actions that no longer hold. Returns the
    /// changed ex-dates in order.
    ///
    /// - Parameters:
    ///   - covering: the dates of which the response lists every action. A known action of these dates that is not listed is retracted.
    ///   - rejectedSplits: the ex-dates whose known split is retracted because the prices contradict it.
    ///   - available: the time at which the first version of an action became available.
    @discardableResult
    package func insert(
        _ actions: [CorporateAction], from response: ProviderResponse, covering: ClosedRange<SessionDate>?,
        rejectedSplits: Set<SessionDate> = [],
        available: (SessionDate) -> Instant
    ) async throws(PostgresError) -> [SessionDate] {
        let rows = Self.rows(actions)
        let own = try await ProviderResponses(database).reference(to: response)
        return try await database.query(
            """
            WITH before AS (
                SELECT DISTINCT ON (ex_date, kind) ex_date, kind, value, base, nature, retracted FROM corporate_actions
                WHERE instrument = $1 AND source = $2 AND response_id < $4
                ORDER BY ex_date, kind, response_id DESC
            ), given AS (
                SELECT * FROM unnest($5::date[], $6::timestamptz[], $7::text[], $8::float8[], $9::float8[], $13::text[])
                    g(ex_date, available_at, kind, value, base, nature)
            )
            INSERT INTO corporate_actions (instrument, ex_date, kind, source, known_at, available_at, response_id, value, base, nature, retracted)
            SELECT $1, g.ex_date, g.kind, $2, $3, CASE WHEN b.kind IS NULL THEN g.available_at ELSE $3 END, $4, g.value, g.base, g.nature, false
            FROM given g LEFT JOIN before b USING (ex_date, kind)
            WHERE b.kind IS NULL OR b.retracted OR (b.value, b.base, b.nature) IS DISTINCT FROM (g.value, g.base, g.nature)
            UNION ALL
            SELECT $1, b.ex_date, b.kind, $2, $3, $3, $4, b.value, b.base, b.nature, true
            FROM before b LEFT JOIN given g USING (ex_date, kind)
            WHERE NOT b.retracted AND g.kind IS NULL AND (b.ex_date BETWEEN $10 AND $11 OR b.kind = 'split' AND b.ex_date = ANY ($12))
            ON CONFLICT DO NOTHING
            RETURNING ex_date
            """,
            [
                own.instrument, response.provider, response.knownAt, own.id,
                rows.map(\.exDate), rows.map { available($0.exDate) }, rows.map(\.kind), rows.map(\.value), rows.map(\.base),
                covering?.lowerBound, covering?.upperBound, rejectedSplits.sorted(), rows.map(\.nature.rawValue),
            ]
        ).all { row throws(PostgresError) in try row[0] as SessionDate }.sorted()
    }

    /// The actions visible as of an instant, ordered by ex-date, dividends before splits; of one source if named.
    package func read(_ instrument: String, _ asOf: AsOf, source: String? = nil) async throws(PostgresError) -> [CorporateAction] {
        try await sourced(instrument, asOf, source: source).map(\.action)
    }

    /// The actions of `read`, each with its source. An action that two sources report occurs twice.
    package func sourced(
        _ instrument: String, _ asOf: AsOf, source: String? = nil
    ) async throws(PostgresError) -> [(action: CorporateAction, source: String)] {
        try await database.query(
            """
            SELECT ex_date, kind, value, base, source, nature FROM (
                SELECT DISTINCT ON (ex_date, kind, source) ex_date, kind, value, base, source, nature, retracted FROM corporate_actions
                WHERE instrument = \(Instruments.number("$1")) AND \(asOf.column) <= $2 AND ($3 IS NULL OR source = $3)
                ORDER BY ex_date, kind, source, response_id DESC
            ) latest WHERE NOT retracted ORDER BY ex_date, kind, source
            """, [instrument, asOf.instant, source]
        ).all { row throws(PostgresError) in
            let (value, base): (Double, Double) = (try row[2], try row[3])
            let isSplit = try row[1] as String == "split"
            let kind: CorporateAction.Kind = isSplit ? .split(numerator: value, denominator: base) : .dividend(try row[2])
            let nature = CorporateAction.Nature(rawValue: try row[5]) ?? .ordinary
            return (CorporateAction(exDate: try row[0], kind: kind, nature: nature), try row[4])
        }
    }

    private struct ActionRow {
        let exDate: SessionDate
        let kind: String
        let value, base: Double
        let nature: CorporateAction.Nature
    }

    /// One row for each ex-date and kind, see `CorporateAction.combined`.
    private static func rows(_ actions: [CorporateAction]) -> [ActionRow] {
        CorporateAction.combined(actions).actions.map { action in
            switch action.kind {
            case .split(let numerator, let denominator):
                ActionRow(exDate: action.exDate, kind: "split", value: numerator, base: denominator, nature: action.nature)
            case .dividend(let price):
                ActionRow(exDate: action.exDate, kind: "dividend", value: price.double, base: 1, nature: action.nature)
            }
        }
    }
}
