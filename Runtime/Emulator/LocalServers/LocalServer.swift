/// One server program: how it is started, seen to be ready, and stopped.
protocol LocalServer: Sendable {
    var name: String { get }
    var folder: String { get }
    var port: Int { get }
    var log: String { get }

    /// Starts the program, making what it needs on the first time; returns without waiting for it.
    func launch() async throws(ServerTrouble) -> ProcessIdentity
    func isReady(_ process: ProcessIdentity) async -> Bool
    /// Whether its log says that it ended for a reason that passes.
    func mayStartAgain() -> Bool
    /// Runs once it is ready, at each start of ours.
    func prepare() async throws(ServerTrouble)
    /// Asks it to end, then makes it.
    func stop(_ process: ProcessIdentity) async
}

/// What `server.json` in a server's folder remembers between our runs.
struct ServerRecord: Codable, Sendable {
    var port: Int
    var process: ProcessIdentity?

    static func path(_ folder: String) -> String { "\(folder)/server.json" }
    static func inFolder(_ folder: String) -> ServerRecord? { StateFile.read(ServerRecord.self, from: path(folder)) }
    func write(_ folder: String) throws(ServerTrouble) { try StateFile.write(self, to: Self.path(folder)) }
}

extension LocalServer {
    /// The process that an earlier run of ours left behind, if it still runs.
    var running: ProcessIdentity? { ServerRecord.inFolder(folder)?.process.flatMap { $0.isAlive ? $0 : nil } }

    /// Launches and waits until requests are answered, trying again for a while where that can help.
    func start(within limit: Duration = .seconds(60)) async throws(ServerTrouble) -> ProcessIdentity {
        let deadline = ContinuousClock.now + limit
        while true {
            let process = try await launch()
            try ServerRecord(port: port, process: process).write(folder)
            while process.isAlive {
                if await isReady(process) { return process }
                guard ContinuousClock.now < deadline else {
                    await stop(process)
                    throw ServerTrouble("\(name) was not ready within \(limit) (its log is \(log))")
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
            guard mayStartAgain(), ContinuousClock.now < deadline else { throw .ended(name, log: log) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
