/// One server program: how it is started, seen to be ready, and stopped.
protocol LocalServer: Sendable {
    var name: String { get }
    var folder: String { get }
    var port: Int { get }
    var log: String { get }
    /// An argument that only the server of this folder has.
    static func mark(of folder: String) -> String
    /// What its arguments say of its port.
    static func port(in arguments: [String]) -> Int?

    /// Starts the program, making what it needs on the first time; returns without waiting for it.
    func launch() async throws(LocalServerError) -> ProcessIdentity
    func isReady(_ process: ProcessIdentity) async -> Bool
    /// Whether its log says that it ended for a reason that passes.
    func mayStartAgain() -> Bool
    /// Runs once it is ready, at each start of ours.
    func prepare() async throws(LocalServerError)
    /// Asks it to end, then makes it.
    func stop(_ process: ProcessIdentity) async
}

/// What `server.json` in a server's folder remembers between our runs.
///
/// It is written after the program was started. A run that is killed in between leaves a server of which nothing is written:
/// `living` finds that one by its command line.
struct ServerRecord: Codable, Sendable {
    var port: Int
    var process: ProcessIdentity?

    typealias Living = (port: Int, process: ProcessIdentity)

    /// The server of a folder that runs now.
    static func living(_ folder: String) -> Living? {
        if let record = inFolder(folder), let process = record.process, process.isAlive { return (record.port, process) }
        for server in [PostgresServer.self, SeaweedServer.self] as [any LocalServer.Type] {
            if let found = RunningPrograms.first(with: server.mark(of: folder), where: { server.port(in: $0) }) { return found }
        }
        return nil
    }

    static func path(_ folder: String) -> String { "\(folder)/server.json" }
    static func inFolder(_ folder: String) -> ServerRecord? { StateFile.read(ServerRecord.self, from: path(folder)) }
    func write(_ folder: String) throws(LocalServerError) { try StateFile.write(self, to: Self.path(folder)) }
}

extension LocalServer {
    /// The process that an earlier run of ours left behind, if it still runs.
    var running: ProcessIdentity? { ServerRecord.living(folder)?.process }

    /// Launches and waits until requests are answered, trying again for a while where that can help.
    func start(within limit: Duration = .seconds(60)) async throws(LocalServerError) -> ProcessIdentity {
        let deadline = ContinuousClock.now + limit
        while true {
            let process = try await launch()
            try ServerRecord(port: port, process: process).write(folder)
            while process.isAlive {
                if await isReady(process) { return process }
                guard ContinuousClock.now < deadline else {
                    await stop(process)
                    throw LocalServerError("\(name) was not ready within \(limit) (its log is \(log))")
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
            guard mayStartAgain(), ContinuousClock.now < deadline else { throw .ended(name, log: log) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
