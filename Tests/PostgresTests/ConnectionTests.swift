import Postgres
import Synchronization
import TestSupport
import Testing

extension OneCluster {
    @Suite struct ConnectionTests {
        let cluster = PostgresCluster.shared

        func ask(_ url: String, _ password: String? = PostgresCluster.shared.password) async throws -> Int {
            try await Database(DatabaseSettings(url, password: password)).query("SELECT 1", deadline: .now + .seconds(5)).count
        }

        @Test(arguments: ["localhost", "127.0.0.1"])
        func `Verify full accepts the servers own authority`(host: String) async throws {
            let url = cluster.url(host: host, options: "sslmode=verify-full&sslrootcert=\(cluster.authority)&channel_binding=require")
            let database = Database(try DatabaseSettings(url, password: cluster.password))
            #expect(try await database.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")[0][0] == true)
        }

        @Test func `The bundles authorities are trusted unless the URL names others`() async throws {
            let environment = ["DATABASE_URL": cluster.url(options: "sslmode=verify-full")]
            func ask(_ environment: [String: String], _ authorities: String) async throws -> Int {
                let settings = try DatabaseSettings.fromEnvironment(environment, password: cluster.password, authorities: authorities)
                return try await Database(settings).query("SELECT 1", deadline: .now + .seconds(5)).count
            }
            #expect(try await ask(environment, cluster.authority) == 1)
            await #expect(throws: PostgresError.self) { try await ask(environment, cluster.wrongAuthority) }
            let own = ["DATABASE_URL": cluster.url(options: "sslmode=verify-full&sslrootcert=\(cluster.authority)")]
            #expect(try await ask(own, cluster.wrongAuthority) == 1)
        }

        @Test func `Verify full refuses another authority at once`() async throws {
            let error = await #expect(throws: PostgresError.self) {
                try await ask(cluster.url(options: "sslmode=verify-full&sslrootcert=\(cluster.wrongAuthority)"))
            }
            #expect(error?.kind == .connect)
            #expect(error?.isTransient == false)
        }

        @Test func `A wrong password is rejected at once and not shown`() async throws {
            let error = await #expect(throws: PostgresError.self) { try await ask(cluster.url(), "tr0ub4dor") }
            #expect(error?.sqlState == .wrongPassword)
            #expect(error.map { !"\($0)".contains("tr0ub4dor") } == true)
        }

        /// A password is changed while the database is in use: the next login is refused, reads the password anew and succeeds.
        @Test func `A refused login reads the password anew and is tried once more`() async throws {
            let owner = Database(try DatabaseSettings(cluster.url(), password: cluster.password))
            try await owner.script("DROP ROLE IF EXISTS rotated; CREATE ROLE rotated LOGIN PASSWORD 'first'")
            let reads = Mutex(0)
            let settings = try DatabaseSettings(cluster.url(user: "rotated"), password: "first")
            let database = Database(settings) { _ in
                reads.withLock { $0 += 1 }
                return "second"
            }
            #expect(try await database.query("SELECT 1").count == 1)
            try await owner.script("ALTER ROLE rotated PASSWORD 'second'")
            #expect(try await database.query("SELECT 1").count == 1)
            #expect(reads.withLock { $0 } == 0, "a live connection stays")
            await database.close()
            #expect(try await database.transaction { try await database.query("SELECT 1").count } == 1)
            await database.close()
            #expect(try await database.query("SELECT 1").count == 1)
            #expect(reads.withLock { $0 } == 1)
            try await owner.script("ALTER ROLE rotated PASSWORD 'third'")
            await database.close()
            let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT 1") }
            #expect(error?.sqlState == .wrongPassword && reads.withLock { $0 } == 2, "the password that was read is refused too")
            #expect(error.map { !"\($0)".contains("second") } == true)
        }

        @Test func `The role of the environment logs in unless the URL names one`() throws {
            func user(_ url: String) throws -> String? {
                try DatabaseSettings.fromEnvironment(["DATABASE_URL": url, "DATABASE_USER": "ingest"], authorities: nil).user
            }
            #expect(try user("postgres://h/d") == "ingest")
            #expect(try user("postgres://owner@h/d") == "owner")
        }

        @Test func `An unknown database is rejected at once`() async throws {
            let error = await #expect(throws: PostgresError.self) { try await ask(cluster.url("nowhere")) }
            #expect(error?.sqlState == .unknownDatabase)
        }

        @Test func `The deadline ends a statement on both sides`() async throws {
            let database = try Database.local()
            let error = await #expect(throws: PostgresError.self) {
                try await database.withDeadline(.now + .milliseconds(150)) {
                    try await database.query("SELECT pg_sleep(600) /* long one */")
                }
            }
            #expect(error?.kind == .deadlineExceeded)
            let running = "SELECT FROM pg_stat_activity WHERE query LIKE '%long one%' AND state = 'active' AND pid <> pg_backend_pid()"
            while try await database.query(running).count > 0 { try await Task.sleep(for: .milliseconds(20)) }
        }

        @Test func `Cancelling the task ends its statement only`() async throws {
            let database = try Database.local()
            let task = Task { try await database.query("SELECT pg_sleep(600) /* given up */") }
            let running = "SELECT FROM pg_stat_activity WHERE query LIKE '%given up%' AND state = 'active' AND pid <> pg_backend_pid()"
            let observer = try Database.local()
            while try await observer.query(running).count == 0 { try await Task.sleep(for: .milliseconds(20)) }
            let next = Task { try await database.query("SELECT 1") }
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
            #expect(try await next.value.count == 1)
        }

        @Test func `A server that is not there yet is tried again until the deadline`() async throws {
            let server = UnavailablePostgresServer()
            defer { server.stop() }
            let database = Database(try DatabaseSettings("postgres://postgres@127.0.0.1:\(server.port)/x?sslmode=disable"))
            let error = await #expect(throws: PostgresError.self) {
                try await database.query("SELECT 1", deadline: .now + .seconds(5))
            }
            // The deadline may come during the last attempt.
            #expect(error?.sqlState == .cannotConnectNow || error?.kind == .deadlineExceeded)
            #expect(error?.isTransient == true)
            let attempts = server.attempts
            #expect(attempts > 1)
            await #expect(throws: PostgresError.self) { try await database.query("SELECT 1", deadline: .now - .seconds(1)) }
            #expect(server.attempts <= attempts + 1)
        }

        @Test func `A port without server is a connect failure that may pass`() async throws {
            let database = Database(try DatabaseSettings("postgres://postgres@127.0.0.1:1/x"))
            let error = await #expect(throws: PostgresError.self) {
                try await database.query("SELECT 1", deadline: .now + .milliseconds(200))
            }
            #expect(error?.kind == .connect || error?.kind == .deadlineExceeded)
            #expect(error?.isTransient == true)
        }

        @Test func `A restarted server is found again`() async throws {
            let database = try Database.local()
            let before: Int = try await database.query("SELECT pg_backend_pid()")[0][0]
            cluster.control("-m fast restart")
            let after: Int = try await database.query("SELECT pg_backend_pid()")[0][0]
            #expect(before != after)
            cluster.control("-m immediate stop")
            await #expect(throws: PostgresError.self) { try await database.query("SELECT 1", deadline: .now + .milliseconds(200)) }
            let up = Task.detached { [cluster] in
                try await Task.sleep(for: .milliseconds(300))
                cluster.control("start")
            }
            #expect(try await database.query("SELECT 1", deadline: .now + .seconds(20)).count == 1)
            try await up.value
        }

        @Test func `A transaction dies with its connection`() async throws {
            let database = try Database.local()
            let other = try Database.local()
            try await database.script("CREATE TABLE died (id int)")
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction {
                    let pid: Int32 = try await database.query("SELECT pg_backend_pid()")[0][0]
                    try await database.execute("INSERT INTO died VALUES (1)")
                    try await other.query("SELECT pg_terminate_backend($1)", [pid])
                    try await Task.sleep(for: .milliseconds(50))
                    try await database.execute("INSERT INTO died VALUES (2)")
                }
            }
            #expect(error?.kind == .connectionLost)
            #expect(try await database.query("SELECT FROM died").count == 0)
        }

        @Test func `Notices go where they are sent and connections are checked`() async throws {
            let heard = Mutex<[String]>([])
            var settings = try DatabaseSettings(cluster.url(), password: cluster.password)
            settings.onNotice = { text in heard.withLock { $0.append(text) } }
            let database = Database(settings)
            try await database.script("DO $$ BEGIN RAISE NOTICE 'psst'; END $$")
            #expect(heard.withLock { $0 } == ["psst"])

            let refusing = Database(
                settings,
                check: ConnectionCheck("SELECT 41") { answer throws(PostgresError) in
                    let version: Int = try answer.get()[0][0]
                    if version != 42 { throw PostgresError(.rejected, "version \(version)") }
                })
            let error = await #expect(throws: PostgresError.self) { try await refusing.query("SELECT 1") }
            #expect(error?.kind == .rejected)
        }
    }
}
