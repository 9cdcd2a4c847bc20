import Emulator

/// The processes of a running local system, and the CPU time that they have used.
struct ServeProcesses: Sendable {
    /// CPU seconds, without processes that have ended meanwhile.
    struct Times: Sendable {
        var emulator, functions, postgres: Double

        static func - (later: Times, earlier: Times) -> Times {
            Times(
                emulator: later.emulator - earlier.emulator, functions: later.functions - earlier.functions,
                postgres: later.postgres - earlier.postgres)
        }
    }

    private let emulator: Int32
    private let postgres: Int32?
    /// PostgreSQL's and the S3 server's, which the emulator may have started.
    private let servers: Set<Int32>

    init(_ paths: ProjectPaths, _ deployment: LocalDeployment) {
        emulator = deployment.record.process.pid
        let running = LocalServers.running(in: paths.state)
        postgres = running.first { $0.name == "PostgreSQL" }?.process.pid
        servers = Set(running.map(\.process.pid))
    }

    /// CPU times used so far.
    func times() -> Times {
        Times(
            emulator: total([emulator]), functions: total(ProcessTable.children(of: emulator).filter { !servers.contains($0) }),
            postgres: postgres.map { total([$0] + ProcessTable.children(of: $0)) } ?? 0)
    }

    /// Waits until the emulator is idle: after a start it looks for missed objects.
    func waitUntilIdle(atMost limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        repeat {
            let before = times()
            try await Task.sleep(for: .seconds(1))
            if (times() - before).emulator < 0.1 { return }
        } while ContinuousClock.now < end
    }

    private func total(_ processes: [Int32]) -> Double {
        processes.reduce(0) { $0 + (ProcessTable.processorSeconds(of: $1) ?? 0) }
    }
}
