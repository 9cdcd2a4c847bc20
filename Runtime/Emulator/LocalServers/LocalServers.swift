import Foundation
package import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// The servers that replace a deployment's managed services on this machine: PostgreSQL and the S3 server SeaweedFS.
///
/// The servers are daemons: they keep running when this process is killed, and the next start adopts them. Their data stays.
package actor LocalServers {
    package enum Kind: String, CaseIterable, Sendable { case postgres, s3 }

    package struct Settings: Sendable {
        /// The folder of `postgres/`, `s3/` and `secrets.json`.
        package var stateFolder: String
        /// The path of SeaweedFS's program.
        package var weed: String
        package var bucket: String
        /// The URL to which S3 changes are posted with `secrets.webhookToken`; nil posts nothing.
        package var webhook: String?
        /// Skips syncs to disk, so that a power cut may lose data; for tests.
        package var fast: Bool

        package init(stateFolder: String, weed: String, bucket: String = "bellwether", webhook: String? = nil, fast: Bool = false) {
            self.stateFolder = stateFolder
            self.weed = weed
            self.bucket = bucket
            self.webhook = webhook
            self.fast = fast
        }
    }

    package nonisolated let secrets: LocalSecrets
    package nonisolated let bucket: String
    package nonisolated let postgresPort: Int
    package nonisolated let s3Port: Int
    private let servers: [Kind: any LocalServer]
    private var processes: [Kind: ProcessIdentity] = [:]
    private var counts: [Kind: Int] = [:]
    private let logger: Logger

    /// Starts the servers that do not run yet and waits until both are ready.
    package static func start(_ settings: Settings, logger: Logger) async throws(LocalServerError) -> LocalServers {
        let servers = try LocalServers(settings, logger: logger)
        try await servers.startAll()
        return servers
    }

    private init(_ settings: Settings, logger: Logger) throws(LocalServerError) {
        let folder = URL(filePath: settings.stateFolder).standardizedFileURL.path(percentEncoded: false)
        let (postgres, s3) = ("\(folder)/postgres", "\(folder)/s3")
        secrets = try LocalSecrets.loadOrCreate(in: folder)
        postgresPort = try LocalServers.port(postgres, count: 1)
        s3Port = try LocalServers.port(s3, count: SeaweedServer.portCount)
        bucket = settings.bucket
        self.logger = logger
        let token = secrets.webhookToken
        servers = [
            .postgres: PostgresServer(
                folder: postgres, passwords: secrets.postgresPasswords, durability: settings.fast ? .fast : .durable, port: postgresPort),
            .s3: SeaweedServer(
                folder: s3, program: settings.weed, port: s3Port, bucket: settings.bucket, accessKey: secrets.s3AccessKey,
                secretKey: secrets.s3SecretKey, webhook: settings.webhook.map { ($0, token) }),
        ]
    }

    /// The port of the running server, else the port of its last run if that is free, else another free port.
    private static func port(_ folder: String, count: Int) throws(LocalServerError) -> Int {
        if let running = ServerRecord.running(folder) { return running.port }
        return try LoopbackPorts.free(count, preferred: ServerRecord.read(folder)?.port)
    }

    /// The value of `DATABASE_URL`, without role and password.
    package nonisolated var databaseURL: String { "postgres://127.0.0.1:\(postgresPort)/\(PostgresServer.database)?sslmode=disable" }

    package nonisolated var s3Endpoint: String { "http://127.0.0.1:\(s3Port)" }

    /// The bucket for the sentinels of `ObjectNotifications`.
    package nonisolated var sentinelBucket: String { SeaweedServer.sentinelBucket(of: bucket) }

    /// How often this object has started or adopted the server. A higher count means that the server was down in between.
    package func starts(of kind: Kind) -> Int { counts[kind, default: 0] }

    package func process(of kind: Kind) -> ProcessIdentity? { processes[kind] }

    private func startAll() async throws(LocalServerError) {
        do {
            try await withThrowingTaskGroup { group in
                for kind in Kind.allCases { group.addTask { try await self.startOrAdopt(kind) } }
                try await group.waitForAll()
            }
        } catch let error as LocalServerError {
            throw error
        } catch {
            throw LocalServerError("the local servers did not start: \(error)")
        }
    }

    private func startOrAdopt(_ kind: Kind) async throws(LocalServerError) {
        guard let server = servers[kind] else { return }
        if let process = server.running {
            if (server as? SeaweedServer)?.isConfigured != false, await becomesReady(server, process) {
                try ServerRecord(port: server.port, process: process).write(server.folder)
                processes[kind] = process
                counts[kind, default: 0] += 1
                return try await server.prepare()
            }
            await server.stop(process)
        }
        try await start(kind, server)
        try await server.prepare()
    }

    private func becomesReady(_ server: any LocalServer, _ process: ProcessIdentity) async -> Bool {
        for _ in 0..<200 where process.isAlive {
            if await server.isReady(process) { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    private func start(_ kind: Kind, _ server: any LocalServer) async throws(LocalServerError) {
        processes[kind] = try await server.start()
        counts[kind, default: 0] += 1
    }

    /// Restarts servers that have ended, within 100 ms, until the task is cancelled.
    package func supervise() async {
        await withTaskGroup { group in
            for kind in Kind.allCases { group.addTask { await self.supervise(kind) } }
        }
    }

    private func supervise(_ kind: Kind) async {
        guard let server = servers[kind] else { return }
        var pause = Duration.milliseconds(100)
        var exits: [ContinuousClock.Instant] = []
        while (try? await Task.sleep(for: pause)) != nil {
            if processes[kind]?.isAlive == true {
                if exits.allSatisfy({ $0 < .now - .seconds(60) }) { pause = .milliseconds(100) }
                continue
            }
            exits = exits.filter { $0 > .now - .seconds(60) } + [.now]
            let isFailing = exits.count >= 5
            if isFailing {
                logger.error("\(LocalServerError.endsRepeatedly(server.name, times: exits.count, log: server.log))")
            } else {
                logger.warning("\(server.name) has ended and is restarted")
            }
            do {
                try await start(kind, server)
                pause = isFailing ? .seconds(5) : .milliseconds(100)
            } catch {
                logger.error("\(error)")
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

    /// Stops both servers.
    package func stop() async {
        await withTaskGroup { group in
            for (kind, server) in servers {
                guard let process = processes[kind] else { continue }
                group.addTask { await server.stop(process) }
            }
        }
        processes = [:]
    }
}

/// Servers of a state folder whose configuration is not known here.
extension LocalServers {
    private static let programs = [
        (name: "PostgreSQL", folder: "postgres", log: "postgres.log"), (name: "SeaweedFS", folder: "s3", log: "seaweedfs.log"),
    ]

    /// The running servers of a state folder, by name.
    package static func running(in folder: String) -> [(name: String, port: Int, process: ProcessIdentity)] {
        programs.compactMap { program in
            ServerRecord.running("\(folder)/\(program.folder)").map { (program.name, $0.port, $0.process) }
        }
    }

    /// One message for each server of a state folder that was started before and does not run now.
    package static func stoppedServers(in folder: String) -> [String] {
        programs.compactMap { program in
            let path = "\(folder)/\(program.folder)"
            guard ServerRecord.read(path) != nil, ServerRecord.running(path) == nil else { return nil }
            return "\(program.name) does not run: \(LocalServerError.ended(program.name, log: "\(path)/\(program.log)"))"
        }
    }

    /// Stops the running servers of a state folder. Their data stays.
    package static func stopAll(in folder: String) async {
        await withTaskGroup { group in
            for (name, _, process) in running(in: folder) {
                group.addTask {
                    process.signal(name == "PostgreSQL" ? SIGINT : SIGTERM)
                    if await !process.waitForEnd(.seconds(10)) { process.signal(SIGKILL) }
                    _ = await process.waitForEnd(.seconds(2))
                }
            }
        }
    }

    /// Runs a `psql` script on the running database of a state folder, as the owner of its tables.
    package static func run(_ script: String, in folder: String) async throws(LocalServerError) {
        let postgres = "\(folder)/postgres"
        guard let record = ServerRecord.running(postgres) else {
            throw LocalServerError("PostgreSQL does not run in \(postgres): start it with `bellwether up`")
        }
        let server = PostgresServer(
            folder: postgres, passwords: try LocalSecrets.loadOrCreate(in: folder).postgresPasswords, durability: .fast, port: record.port)
        try await server.run(script, as: .owner, database: PostgresServer.database)
    }
}
