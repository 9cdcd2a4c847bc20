/// A server program on this machine: how to start it, check that it is ready, and stop it.
protocol LocalServer: Sendable {
    var name: String { get }
    var folder: String { get }
    var port: Int { get }
    var log: String { get }
    /// The command-line argument that identifies the server of a folder.
    static func identifyingArgument(of folder: String) -> String
    /// The port in the server's command line.
    static func port(in arguments: [String]) -> Int?

    /// Starts the program without waiting until it is ready. The first start creates its data.
    func launch() async throws(LocalServerError) -> ProcessIdentity
    func isReady(_ process: ProcessIdentity) async -> Bool
    /// Whether the server's log shows an error that may pass, so that another start makes sense.
    func failedTransiently() -> Bool
    /// Prepares the ready server; called at each start of the emulator.
    func prepare() async throws(LocalServerError)
    /// Stops the server: with a signal first, then by SIGKILL.
    func stop(_ process: ProcessIdentity) async
}

/// The port and process of a server, stored as `server.json` in its folder.
///
/// The file is written after the program has started. When the emulator is killed in between, `running` finds the server by its command
/// line.
struct ServerRecord: Codable, Sendable {
    var port: Int
    var process: ProcessIdentity?

    typealias Running = (port: Int, process: ProcessIdentity)

    /// The running server of a folder.
    static func running(_ folder: String) -> Running? {
        if let record = read(folder), let process = record.process, process.isAlive { return (record.port, process) }
        for server in [PostgresServer.self, SeaweedServer.self] as [any LocalServer.Type] {
            if let found = RunningPrograms.first(with: server.identifyingArgument(of: folder), where: { server.port(in: $0) }) {
                return found
            }
        }
        return nil
    }

    static func path(_ folder: String) -> String { "\(folder)/server.json" }
    static func read(_ folder: String) -> ServerRecord? { StateFile.read(ServerRecord.self, from: path(folder)) }
    func write(_ folder: String) throws(LocalServerError) { try StateFile.write(self, to: Self.path(folder)) }
}

extension LocalServer {
    /// The server's process, if an earlier start left it running.
    var running: ProcessIdentity? { ServerRecord.running(folder)?.process }

    /// Starts the server and waits until it is ready. Starts it again after errors that may pass.
    func start(within limit: Duration = .seconds(60)) async throws(LocalServerError) -> ProcessIdentity {
        let deadline = ContinuousClock.now + limit
        while true {
            let process = try await launch()
            try ServerRecord(port: port, process: process).write(folder)
            while process.isAlive {
                if await isReady(process) { return process }
                guard ContinuousClock.now < deadline else {
                    await stop(process)
                    throw LocalServerError("\(name) was not ready within \(limit); see its log, \(log)")
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
            guard failedTransiently(), ContinuousClock.now < deadline else { throw .ended(name, log: log) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
