import Foundation
package import Logging

/// The servers that a deployment would rent, on this machine: PostgreSQL and an S3 server.
///
/// They are daemons: they live on when this process is killed, and the next start takes them over. Their data is kept.
package actor LocalServers {
    package enum Kind: String, CaseIterable, Sendable { case postgres, s3 }

    package struct Settings: Sendable {
        /// Gets `postgres/`, `s3/` and `secrets.json`.
        package var stateFolder: String
        /// SeaweedFS's program.
        package var weed: String
        package var bucket: String
        /// The URL that S3 changes are posted to with `secrets.webhookToken`; nil posts nothing.
        package var webhook: String?
        /// Trades a power cut's safety for speed; for tests.
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

    /// Starts what does not run yet and waits until both answer.
    package static func start(_ settings: Settings, logger: Logger) async throws(LocalServerError) -> LocalServers {
        let servers = try LocalServers(settings, logger: logger)
        try await servers.startAll()
        return servers
    }

    private init(_ settings: Settings, logger: Logger) throws(LocalServerError) {
        let folder = URL(filePath: settings.stateFolder).standardizedFileURL.path(percentEncoded: false)
        let (postgres, s3) = ("\(folder)/postgres", "\(folder)/s3")
        secrets = try LocalSecrets.inFolder(folder)
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

    /// A running server keeps its port; else the one it had before, if that is free.
    private static func port(_ folder: String, count: Int) throws(LocalServerError) -> Int {
        if let living = ServerRecord.living(folder) { return living.port }
        return try LoopbackPorts.free(count, preferred: ServerRecord.inFolder(folder)?.port)
    }

    /// The address for `DATABASE_URL`; the password is `secrets.postgresPasswords[role]`.
    package nonisolated func databaseURL(_ role: PostgresRole) -> String {
        "postgres://\(role.rawValue)@127.0.0.1:\(postgresPort)/\(PostgresServer.database)?sslmode=disable"
    }

    package nonisolated var s3Endpoint: String { "http://127.0.0.1:\(s3Port)" }

    /// Where the S3 server's file tree is: each bucket a folder under `/buckets`.
    package nonisolated var filerEndpoint: String { "http://127.0.0.1:\(s3Port + SeaweedServer.filerOffset)" }

    /// How often this object has started or taken over the server: a change means that it was down in between.
    package func starts(of kind: Kind) -> Int { counts[kind, default: 0] }

    package func process(of kind: Kind) -> ProcessIdentity? { processes[kind] }

    private func startAll() async throws(LocalServerError) {
        do {
            try await withThrowingTaskGroup { group in
                for kind in Kind.allCases { group.addTask { try await self.startOrTakeOver(kind) } }
                try await group.waitForAll()
            }
        } catch let trouble as LocalServerError {
            throw trouble
        } catch {
            throw LocalServerError("the local servers did not start: \(error)")
        }
    }

    private func startOrTakeOver(_ kind: Kind) async throws(LocalServerError) {
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

    /// Starts a server again within 100 ms of its death, until cancelled.
    package func supervise() async {
        await withTaskGroup { group in
            for kind in Kind.allCases { group.addTask { await self.supervise(kind) } }
        }
    }

    private func supervise(_ kind: Kind) async {
        guard let server = servers[kind] else { return }
        var pause = Duration.milliseconds(100)
        var deaths: [ContinuousClock.Instant] = []
        while (try? await Task.sleep(for: pause)) != nil {
            if processes[kind]?.isAlive == true {
                if deaths.allSatisfy({ $0 < .now - .seconds(60) }) { pause = .milliseconds(100) }
                continue
            }
            deaths = deaths.filter { $0 > .now - .seconds(60) } + [.now]
            let isFailing = deaths.count >= 5
            if isFailing {
                logger.error("\(LocalServerError.dying(server.name, times: deaths.count, log: server.log))")
            } else {
                logger.warning("\(server.name) is gone; starting it again")
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

    /// Ends both servers.
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
