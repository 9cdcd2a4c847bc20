import Postgres
import Store
import TestSupport
import Testing

/// What each role may do with each table: every statement is tried.
@Suite struct RoleTests {
    /// By role and table: s = SELECT, i = INSERT, u = UPDATE, d = DELETE. What is not listed is refused.
    static let rights: [String: [String: String]] = [
        "bellwether_ingest": [
            "schema_migrations": "s", "instruments": "si", "symbols": "si", "universe": "si", "delistings": "si", "closures": "si",
            "runs": "si", "run_responses": "si", "provider_responses": "s", "quarantined_objects": "s", "bars": "s",
            "corporate_actions": "s",
            "cross_section_instants": "s", "provider_limits": "siu", "audit_log": "i",
        ],
        "bellwether_featurize": [
            "schema_migrations": "s", "instruments": "s", "symbols": "s", "universe": "s", "delistings": "s", "closures": "s", "runs": "s",
            "run_responses": "s", "provider_responses": "sid", "quarantined_objects": "siu", "bars": "sid", "provisional_bars": "sid",
            "corporate_actions": "sid",
            "quarantine": "sid", "features": "sid", "feature_states": "siud", "cross_features": "sid", "cross_sections": "sid",
            "cross_section_instants": "sid", "pending_cross_sections": "sid",
        ],
        "bellwether_train": [
            "schema_migrations": "s", "instruments": "s", "provider_responses": "s", "features": "s", "cross_features": "s",
            "cross_section_instants": "s", "pending_cross_sections": "s", "forecasts": "s", "scores": "s", "model_families": "si",
            "models": "si", "promotions": "si", "evaluations": "si",
        ],
        "bellwether_predict": [
            "schema_migrations": "s", "instruments": "s", "symbols": "s", "closures": "s", "runs": "s", "provider_responses": "s",
            "bars": "s", "features": "s", "cross_features": "s", "model_families": "s", "models": "s", "promotions": "s", "scores": "s",
            "calibrations": "s", "baselines": "si", "forecasts": "si",
        ],
        "bellwether_monitor": [
            "schema_migrations": "s", "instruments": "s", "features": "s", "model_families": "s", "models": "s", "baselines": "s",
            "forecasts": "s", "scores": "siu", "score_totals": "sid", "calibrations": "sid", "promotions": "si", "evaluations": "si",
            "audit_log": "i",
        ],
        "bellwether_dashboard": [
            "schema_migrations": "s", "instruments": "s", "symbols": "s", "delistings": "s", "closures": "s", "provider_responses": "s",
            "quarantined_objects": "s", "bars": "s", "provisional_bars": "s", "corporate_actions": "s", "quarantine": "s",
            "model_families": "s", "models": "s",
            "promotions": "s", "evaluations": "s", "scores": "s", "score_totals": "s", "calibrations": "s",
        ],
        "bellwether_authorize": ["schema_migrations": "s", "owners": "s", "api_keys": "s"],
        "bellwether_reader": [:],
    ]

    /// The statements by right; 't' is TRUNCATE, which nobody has. None of them changes a row.
    private static func statement(_ right: Character, _ table: String, column: String) -> String {
        switch right {
        case "s": "SELECT FROM \(table) LIMIT 0"
        case "i": "INSERT INTO \(table) DEFAULT VALUES"
        case "u": "UPDATE \(table) SET \(column) = NULL WHERE false"
        case "d": "DELETE FROM \(table) WHERE false"
        default: "TRUNCATE \(table)"
        }
    }

    @Test(arguments: rights.keys.sorted())
    func `A role has exactly its rights`(role: String) async throws {
        let database = try await freshDatabase()
        let expected = try #require(Self.rights[role])
        let tables = try await database.query(
            """
            SELECT c.relname::text, (SELECT attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND attidentity = '' LIMIT 1)
            FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            """
        ).all { row throws(PostgresError) in (name: try row[0] as String, column: try row[1] as String) }
        #expect(Set(expected.keys).isSubset(of: Set(tables.map(\.name))))
        try await database.script("SET SESSION AUTHORIZATION \(role)")
        for (table, column) in tables {
            for right in "siudt" {
                let isRefused = try await isRefused(Self.statement(right, table, column: column), in: database)
                #expect(isRefused == !(expected[table]?.contains(right) ?? false), "\(role) \(right) \(table)")
            }
        }
        for statement in [
            "CREATE TABLE x (i int)", "CREATE SCHEMA mine", "DROP TABLE instruments", "ALTER TABLE bars ADD COLUMN x int",
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "COPY bars TO '/tmp/x'",
            "SELECT pg_read_file('/etc/passwd')", "CREATE ROLE other", "SET ROLE bellwether_migrate",
        ] {
            #expect(try await isRefused(statement, in: database), "\(role): \(statement)")
        }
        // A right that a role has without the right to hand it on makes this a warning, not an error.
        _ = try? await database.script("GRANT SELECT ON bars TO PUBLIC")
        let granted: Bool = try await database.query("SELECT relacl::text ~ '[{,]=' FROM pg_class WHERE relname = 'bars'")[0][0]
        #expect(!granted)
        let functions = [
            "bellwether_ingest": "in+acquire", "bellwether_featurize": "in", "bellwether_predict": "in", "bellwether_dashboard": "in",
        ]
        let callable = functions[role] ?? ""
        #expect(try await isRefused("SELECT instrument_named('X', now())", in: database) == !callable.contains("in"))
        #expect(
            try await isRefused("SELECT acquire_request('x', 1, 1, 1, interval '1 s')", in: database) == !callable.contains("acquire"))
    }

    /// Whether the server refuses a statement for lack of a right. An error of another kind comes later than the check of rights.
    private func isRefused(_ statement: String, in database: Database) async throws -> Bool {
        try await database.script("BEGIN")
        var isRefused = false
        do { try await database.script(statement) } catch {
            isRefused = error.sqlState == .insufficientPrivilege && error.constraint == nil
        }
        try await database.script("ROLLBACK")
        return isRefused
    }

    @Test func `Featurize may change only the counts of a response`() async throws {
        let database = try await freshDatabase()
        try await database.script("SET SESSION AUTHORIZATION bellwether_featurize")
        #expect(try await !isRefused("UPDATE provider_responses SET bars = 1, actions = 1, quarantined = 1 WHERE false", in: database))
        #expect(try await isRefused("UPDATE provider_responses SET known_at = now() WHERE false", in: database))
    }

    @Test func `The reader reads the reporting schema`() async throws {
        let database = try await freshDatabase()
        let views = try await database.query("SELECT viewname::text FROM pg_views WHERE schemaname = 'reporting'")
            .all { row throws(PostgresError) in try row[0] as String }
        #expect(views.count == 10)
        try await database.script("SET SESSION AUTHORIZATION bellwether_reader")
        for view in views { #expect(try await !isRefused("SELECT * FROM reporting.\(view) LIMIT 1", in: database)) }
    }

    @Test func `The audit log is only appended to`() async throws {
        let database = try await freshDatabase()
        let log = AuditLog(database)
        let promotion = AuditEntry(.promoteModel, subject: "lstm-1", time: "2012-01-03T22:30:00Z", details: #"{"reason":"better"}"#)
        for _ in 0..<2 { try await log.append(promotion) }
        for _ in 0..<2 { try await log.append(AuditEntry(.revokeKey, subject: "ab", time: nil)) }
        let rows = try await database.query("SELECT actor || ' ' || action || ' ' || subject FROM audit_log ORDER BY id")
            .all { row throws(PostgresError) in try row[0] as String }
        #expect(
            rows == ["operator model.promote lstm-1", "operator key.revoke ab", "operator key.revoke ab"],
            "an event that is handled twice is logged once")
        for change in ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
            let error = await #expect(throws: PostgresError.self, "the owner too: \(change)") { try await database.execute(change) }
            #expect(error?.sqlState == .insufficientPrivilege)
        }
    }
}
