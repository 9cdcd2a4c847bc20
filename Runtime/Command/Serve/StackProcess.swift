import AWS
import Emulator
import Foundation
import Logging
import SampleMarket

/// The parts of a local deployment that run in one process: servers, emulated stack, gateway, sample market and object notifications.
struct StackProcess {
    let servers: LocalServers
    let stack: EmulatedStack
    let gateway: Gateway
    let market: ChartServer?
    private let tasks: [Task<Void, Never>]

    static func start(_ paths: ProjectPaths, isFast: Bool, faults: UInt64?, logger: Logger) async throws -> StackProcess {
        guard FileManager.default.isExecutableFile(atPath: "\(paths.bundle)/bootstrap") else {
            throw CommandError("the functions are not built: start the command as Runtime/bellwether")
        }
        var settings = try paths.settings()
        // Before other ports are chosen: this port may be configured by the user.
        settings.gatewayPort = try gatewayPort(settings)
        let apiPort = try LoopbackPorts.free(preferred: settings.apiPort)
        settings.apiPort = apiPort
        let market = try await startMarket(paths, &settings)
        try paths.write(settings)

        let servers = try await LocalServers.start(
            .init(stateFolder: paths.state, weed: paths.weed, webhook: "http://127.0.0.1:\(apiPort)/hook", fast: isFast), logger: logger)
        let local = try LocalTemplate(paths, servers: servers, settings: settings, marketURL: market.map { "http://127.0.0.1:\($0.port)" })
        for notice in local.template.notices { logger.notice("\(notice)") }
        try await enableVersioning(of: local.template.versionedBuckets, servers)

        var configuration = StackConfiguration(
            functions: local.template.functions, stateFolder: paths.emulator, credentials: servers.secrets.credentials)
        configuration.apiPort = apiPort
        configuration.environment = LocalTemplate.environment(servers)
        configuration.faults = faults.map { FaultPlan(seed: $0) }
        if market != nil { configuration.initialClock = .held(at: DemoPlan.backfill) }
        let stack = try await EmulatedStack(configuration)
        if let notice = stack.recoveryNotice { logger.warning("\(notice)") }
        try await prepareDatabase(stack, key: servers.secrets.apiKey)

        let notifications = ObjectNotifications(
            local.template.notifications, store: S3ObjectStore(servers), invoker: stack, token: servers.secrets.webhookToken)
        await stack.start(
            sources: [try ScheduleEventSource(local.template.schedules)], quiescenceSources: [notifications], routes: [notifications.route])
        guard let api = local.template.apis.first else { throw CommandError("\(paths.template) has no HTTP API") }
        let gateway = try await startGateway(api, stack, port: settings.gatewayPort ?? 0)
        let tasks = [
            Task { await servers.supervise() },
            Task { await listAfterRestarts(of: servers, notifications, logger) },
        ]
        return StackProcess(servers: servers, stack: stack, gateway: gateway, market: market, tasks: tasks)
    }

    /// Stops the parts of this process; PostgreSQL and SeaweedFS keep running.
    func stop() async throws {
        for task in tasks { task.cancel() }
        await gateway.stop()
        try await stack.stop()
        await market?.stop()
    }

    /// The configured port, else 8787, else another free port.
    private static func gatewayPort(_ settings: LocalSettings) throws -> Int {
        guard let configured = settings.gatewayPort else { return LoopbackPorts.isFree(8787) ? 8787 : try LoopbackPorts.free() }
        guard (1...65_535).contains(configured) else {
            throw CommandError("the stored port \(configured) is none: choose another one with `up --port`")
        }
        guard LoopbackPorts.isFree(configured) else {
            throw CommandError("port \(configured) is in use: stop the program that listens there or choose another port with `up --port`")
        }
        LoopbackPorts.reserve(configured)
        return configured
    }

    private static func startGateway(_ api: HTTPAPIDefinition, _ stack: EmulatedStack, port: Int) async throws -> Gateway {
        do {
            return try await Gateway.start(api, invoker: stack, port: port) { [clock = stack.clock] in clock.now }
        } catch {
            throw CommandError("the dashboard cannot listen on port \(port) (\(error)): choose another one with `up --port`")
        }
    }

    private static func startMarket(_ paths: ProjectPaths, _ settings: inout LocalSettings) async throws -> ChartServer? {
        guard settings.source ?? .sample == .sample else { return nil }
        let port = try LoopbackPorts.free(preferred: settings.marketPort)
        settings.marketPort = port
        return try await ChartServer.start(SampleMarketService(SampleCatalog(folder: paths.samplePrices)), port: port)
    }

    /// Enables versioning of the buckets that the template declares as versioned.
    private static func enableVersioning(of buckets: Set<String>, _ servers: LocalServers) async throws {
        let s3 = S3Client(environment: LocalTemplate.environment(servers))
        for bucket in buckets.sorted() { try await s3.keepVersions(of: bucket, deadline: .now + .seconds(20)) }
    }

    /// Migrates the schema and registers the local API key, before the first event is delivered.
    private static func prepareDatabase(_ stack: EmulatedStack, key: String) async throws {
        let hash = Digest.sha256Hex(Array(key.utf8))
        for payload in ["{}", #"{"api_key":{"name":"local","sha256":"\#(hash)"}}"#] {
            let result = try await stack.invoke(Invocation(function: "\(LocalTemplate.stack)-Migrate", payload: Array(payload.utf8)))
            guard result.functionError == nil else {
                throw CommandError("the database could not be migrated: \(String(decoding: result.payload, as: UTF8.self))")
            }
        }
    }

    /// After each restart of the S3 server, lists the objects whose changes may be lost.
    private static func listAfterRestarts(of servers: LocalServers, _ notifications: ObjectNotifications, _ logger: Logger) async {
        var seen = -1
        while (try? await Task.sleep(for: .milliseconds(100))) != nil {
            let starts = await servers.starts(of: .s3)
            guard starts != seen else { continue }
            await notifications.serverRestarted()
            do {
                try await notifications.quiesce()
                seen = starts
            } catch { logger.warning("\(error)") }
        }
    }
}
