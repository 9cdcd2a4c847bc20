import FoundationEssentials
package import Postgres

/// The numbered SQL files of the schema, `0001_name.sql` …, applied in order, each once.
package struct Migrations: Sendable {
    package struct File: Hashable, Sendable {
        package let number: Int
        package let name: String
        package let sql: String
    }

    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case unreadable(String)
        /// A file name has no number, or the numbers have a gap.
        case misnumbered(String)
        /// The database was made by migrations that were never released; the name of the first of them.
        case unreleased(String)
        /// The content of an applied file has changed.
        case changed(String)
        /// An applied file is missing.
        case missing(String)

        package var description: String {
            switch self {
            case .unreadable(let path): "migrations cannot be read: \(path)"
            case .misnumbered(let name): "migration \(name) is not numbered 0001_, 0002_ … without a gap"
            case .unreleased(let name): Schema.unreleased(name)
            case .changed(let name): "migration \(name) was applied and has changed since: restore the file and add a new migration"
            case .missing(let name):
                "migration \(name) was applied and its file is missing: deploy a bundle that is not older than the database's schema"
            }
        }
    }

    package let files: [File]

    /// Reads all `.sql` files of a folder.
    package init(folder: String) throws(Failure) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { throw .unreadable(folder) }
        var files: [File] = []
        for name in names.sorted() where name.hasSuffix(".sql") {
            guard let number = Int(name.prefix { $0 != "_" }), number == files.count + 1 else { throw .misnumbered(name) }
            guard let bytes = FileManager.default.contents(atPath: folder + "/" + name) else { throw .unreadable(name) }
            files.append(File(number: number, name: name, sql: String(decoding: bytes, as: UTF8.self)))
        }
        guard !files.isEmpty else { throw .unreadable("\(folder) holds no .sql file") }
        self.files = files
    }

    /// Reads the files of the bundle, `$LAMBDA_TASK_ROOT/migrations`.
    package init(environment: [String: String]) throws(Failure) {
        try self.init(folder: (environment["LAMBDA_TASK_ROOT"] ?? ".") + "/migrations")
    }

    /// Applies the missing migrations in one transaction and returns their names. Concurrent calls wait for each other.
    package func apply(to database: Database) async throws -> [String] {
        try await database.transaction {
            try await database.query("SELECT pg_advisory_xact_lock(hashtextextended('bellwether migrations', 0))")
            try await database.script(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number integer PRIMARY KEY, name text NOT NULL, sha256 bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
                """)
            let applied = try await database.query("SELECT number, name, sha256 FROM schema_migrations ORDER BY number")
                .all { row throws(PostgresError) in
                    (number: try row[0] as Int, name: try row[1] as String, sha256: try row[2] as PostgresBytes)
                }
            let hashes = try await database.query(
                "SELECT sha256(convert_to(sql, 'UTF8')) FROM unnest($1::text[]) WITH ORDINALITY t(sql, n) ORDER BY n", [files.map(\.sql)]
            ).all { row throws(PostgresError) in try row[0] as PostgresBytes }
            for row in applied {
                if files.indices.contains(row.number - 1), files[row.number - 1].name != row.name { throw Failure.unreleased(row.name) }
                guard files.indices.contains(row.number - 1) else { throw Failure.missing(row.name) }
                guard hashes[row.number - 1] == row.sha256 else { throw Failure.changed(row.name) }
            }
            var names: [String] = []
            for (file, hash) in zip(files, hashes).dropFirst(applied.count) {
                try await database.script(file.sql)
                try await database.execute(
                    "INSERT INTO schema_migrations (number, name, sha256) VALUES ($1, $2, $3)", [Int32(file.number), file.name, hash])
                names.append(file.name)
            }
            return names
        }
    }
}
