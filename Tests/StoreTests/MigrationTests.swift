import Glibc
import Postgres
import Store
import TestSupport
import Testing

@Suite struct MigrationTests {
    @Test func `Migrating twice changes nothing`() async throws {
        let (database, _) = try await emptyDatabase()
        let migrations = try Migrations(folder: migrationsFolder)
        #expect(migrations.files.count == Schema.version)
        #expect(migrations.files.last?.name == Schema.lastMigration)
        #expect(try await migrations.apply(to: database) == migrations.files.map(\.name))
        let before = try await TableHash.all(in: database)
        #expect(try await migrations.apply(to: database).isEmpty)
        #expect(try await TableHash.all(in: database) == before)
    }

    @Test func `Of many concurrent migrations one does the work`() async throws {
        let (_, name) = try await emptyDatabase()
        let migrations = try Migrations(folder: migrationsFolder)
        let applied = try await withThrowingTaskGroup { group in
            for _ in 0..<6 { group.addTask { try await migrations.apply(to: database(named: name)).count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(applied.sorted() == [0, 0, 0, 0, 0, Schema.version])
    }

    @Test func `A changed or missing file is an error and a broken one leaves nothing`() async throws {
        let (database, _) = try await emptyDatabase()
        func migrations(_ texts: String...) throws -> Migrations {
            let folder = "/tmp/bellwether-migrations-\(getpid())"
            _ = system("rm -rf \(folder); mkdir \(folder)")
            defer { _ = system("rm -rf \(folder)") }
            for (index, text) in texts.enumerated() { _ = system("printf %s '\(text)' > \(folder)/000\(index + 1)_m.sql") }
            return try Migrations(folder: folder)
        }
        #expect(try await migrations("CREATE TABLE a (i int); CREATE TABLE b (i int)").apply(to: database) == ["0001_m.sql"])
        await #expect(throws: Migrations.Failure.changed("0001_m.sql")) { try await migrations("CREATE TABLE a ()").apply(to: database) }
        await #expect(throws: PostgresError.self) {
            try await migrations("CREATE TABLE a (i int); CREATE TABLE b (i int)", "CREATE TABLE c (i int)", "nonsense").apply(to: database)
        }
        #expect(try await database.query("SELECT to_regclass($1)::text", ["c"])[0][0] == nil as String?)
        let two = try migrations("CREATE TABLE a (i int); CREATE TABLE b (i int)", "CREATE TABLE c (i int)")
        #expect(try await two.apply(to: database) == ["0002_m.sql"])
        await #expect(throws: Migrations.Failure.missing("0002_m.sql")) {
            try await migrations("CREATE TABLE a (i int); CREATE TABLE b (i int)").apply(to: database)
        }
        #expect(throws: Migrations.Failure.self) { try Migrations(folder: "/nowhere") }
    }

    @Test func `An old schema is an error at the first use`() async throws {
        let (owner, name) = try await emptyDatabase()
        let error = await #expect(throws: PostgresError.self) { try await database(named: name, check: Schema.check).query("SELECT 1") }
        #expect(error?.kind == .rejected)
        _ = try await Migrations(folder: migrationsFolder).apply(to: owner)
        #expect(try await database(named: name, check: Schema.check).query("SELECT 1").count == 1)
    }

    /// The first migrations that existed before the first release had other names.
    @Test func `A database of an unreleased version is an error that says what to do`() async throws {
        let (owner, name) = try await emptyDatabase()
        try await owner.script(
            """
            CREATE TABLE schema_migrations (
                number integer PRIMARY KEY, name text NOT NULL, sha256 bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
            INSERT INTO schema_migrations (number, name, sha256) SELECT n, lpad(n::text, 4, '0') || '_tables.sql', '' FROM generate_series(1, 15) n
            """)
        let failure = await #expect(throws: Migrations.Failure.self) { try await Migrations(folder: migrationsFolder).apply(to: owner) }
        #expect(failure == .unreleased("0001_tables.sql"))
        #expect(
            failure?.description.contains("unreleased version") == true && failure?.description.contains("remove the state folder") == true)
        let error = await #expect(throws: PostgresError.self) { try await database(named: name, check: Schema.check).query("SELECT 1") }
        #expect(error?.kind == .rejected && error?.description.contains("unreleased version") == true)
    }
}
