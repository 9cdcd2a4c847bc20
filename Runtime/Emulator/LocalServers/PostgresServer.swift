import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A private PostgreSQL cluster in one folder, on a loopback port, with SCRAM passwords.
struct PostgresServer: LocalServer {
    enum Durability: String, Sendable {
        /// A commit survives a power cut.
        case durable
        /// A commit survives only a crash of the server's processes; for tests.
        case fast
    }

    static let database = "bellwether"
    let name = "PostgreSQL"
    /// The folder of `data/`, `server.json` and the log.
    let folder: String
    let passwords: [String: String]
    let durability: Durability
    let port: Int

    var log: String { "\(folder)/postgres.log" }
    private var data: String { "\(folder)/data" }

    static func identifyingArgument(of folder: String) -> String { "\(folder)/data" }
    static func port(in arguments: [String]) -> Int? { arguments.firstNumber(after: "port=") }

    func launch() async throws(LocalServerError) -> ProcessIdentity {
        let tools = try await PostgresTools.find(cluster: data)
        try tools.makeFolder(folder)
        if !FileManager.default.fileExists(atPath: data) { try await create(tools) }
        var settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=", "shared_buffers=128MB", "max_connections=200",
            "password_encryption=scram-sha-256", "log_min_messages=warning", "log_line_prefix=%m [%p] ", "jit=off", "max_wal_size=2GB",
        ]
        // Commits stay synchronous, else a kill of the server alone would lose the last ones.
        if durability == .fast { settings += ["fsync=off", "full_page_writes=off"] }
        return try DetachedProcess.start(
            tools.command("postgres", ["-D", data] + settings.flatMap { ["-c", $0] }), environment: PostgresServer.environment,
            folder: folder, log: log)
    }

    /// PostgreSQL writes `ready` into its pid file.
    func isReady(_ process: ProcessIdentity) async -> Bool {
        guard let file = FileManager.default.contents(atPath: "\(data)/postmaster.pid") else { return false }
        let lines = String(decoding: file, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count > 7 && lines[0] == "\(process.pid)" && lines[7].hasPrefix("ready")
    }

    /// A child process of a killed server may hold its shared memory for a moment.
    func failedTransiently() -> Bool {
        let tail = LogTail.text(of: log, bytes: 2048)
        return tail.contains("pre-existing shared memory block") || tail.contains("Address already in use")
            || tail.contains("lock file \"postmaster.pid\" already exists")
    }

    /// Creates the roles and the database if they do not exist, and sets the passwords.
    func prepare() async throws(LocalServerError) {
        var sql = ""
        for role in PostgresRole.allCases where role != .admin {
            let password = passwords[role.rawValue] ?? ""
            sql += """
                SELECT 'CREATE ROLE \(role.rawValue)' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role.rawValue)')\\gexec
                ALTER ROLE \(role.rawValue) LOGIN PASSWORD '\(password)';

                """
        }
        sql += """
            SELECT 'CREATE DATABASE \(Self.database) OWNER \(PostgresRole.owner.rawValue)'
            WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '\(Self.database)')\\gexec
            REVOKE ALL ON DATABASE \(Self.database) FROM PUBLIC;
            GRANT CONNECT ON DATABASE \(Self.database) TO \(PostgresRole.allCases.map(\.rawValue).joined(separator: ", "));

            """
        try await run(sql, as: .admin, database: "postgres")
    }

    /// Runs a `psql` script on the running server; the script ends at the first error.
    func run(_ script: String, as role: PostgresRole, database: String) async throws(LocalServerError) {
        let tools = try await PostgresTools.find(cluster: data)
        var environment = Self.environment
        environment["PGPASSWORD"] = passwords[role.rawValue]
        _ = try await HelperProgram.run(
            [
                "\(tools.folder)/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", "\(port)", "-U", role.rawValue, "-d",
                database,
            ], environment: environment, input: script)
    }

    func stop(_ process: ProcessIdentity) async {
        process.signal(SIGINT)
        if await !process.waitForEnd(.seconds(10)) { process.signal(SIGQUIT) }
        if await !process.waitForEnd(.seconds(5)) { process.signal(SIGKILL) }
        _ = await process.waitForEnd(.seconds(2))
    }

    /// Runs `initdb` in a new folder and renames it when complete. The folder's name is unique, because the `initdb` of a killed start may
    /// still be running.
    private func create(_ tools: PostgresTools) async throws(LocalServerError) {
        let old = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix("initdb") }
        for name in old { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
        let work = "\(folder)/initdb-\(UUID().uuidString)"
        try tools.makeFolder(work)
        let secret = "\(work)/password"
        try StateFile.replace(secret, with: Array((passwords[PostgresRole.admin.rawValue] ?? "").utf8))
        try tools.giveOwnership(of: secret)
        let sync = durability == .fast ? ["--no-sync"] : []
        _ = try await HelperProgram.run(
            tools.command(
                "initdb",
                [
                    "-D", "\(work)/data", "-U", PostgresRole.admin.rawValue, "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256",
                    "--pwfile=\(secret)", "--data-checksums",
                ] + sync), environment: Self.environment)
        guard rename("\(work)/data", data) == 0 else { throw LocalServerError("cannot move the new cluster to \(data)") }
        try? FileManager.default.removeItem(atPath: work)
    }

    private static let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
}

/// The database roles of a local cluster.
package enum PostgresRole: String, CaseIterable, Sendable {
    /// The superuser of the cluster; only the local servers use it.
    case admin = "bellwether_admin"
    /// Owns the database; the function Migrate connects with this role, and so does everybody who acts for the database's owner.
    case owner = "bellwether_migrate"
    // The role of each other function, with exactly its rights.
    case ingest = "bellwether_ingest"
    case featurize = "bellwether_featurize"
    case train = "bellwether_train"
    case predict = "bellwether_predict"
    case monitor = "bellwether_monitor"
    case dashboard = "bellwether_dashboard"
    case authorize = "bellwether_authorize"
    /// Reads the reporting schema.
    case reader = "bellwether_reader"
}
