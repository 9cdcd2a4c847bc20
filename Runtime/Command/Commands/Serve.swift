import ArgumentParser
import Emulator
import Foundation
import Logging

#if canImport(Glibc)
    import Glibc
#endif

/// `bellwether serve`: runs the emulator in this process; other commands start it.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the emulator in this process.", shouldDisplay: false)

    @Flag(help: "Skip syncs to disk.") var fast = false
    @Option(help: "Deliver every event twice and in random order, with this seed.") var faults: UInt64?

    func run() async throws {
        // The files of this process and of the servers that it starts are for their owner only.
        umask(0o077)
        let paths = try ProjectPaths.find()
        TerminationSignals.install()
        var logger = Logger(label: "bellwether")
        logger.logLevel = .notice
        let settings = try paths.settings()
        try ServeLock.take(paths)
        guard let process = ProcessIdentity(pid: ProcessInfo.processInfo.processIdentifier) else {
            throw CommandError("this process cannot be found in /proc")
        }
        var record = ServeRecord(
            process: process, apiPort: 0, gatewayPort: 0, source: settings.source ?? .sample,
            parameters: settings.parameters, bundle: BundleStamp.of(paths.bundle))
        // From now on other commands wait for this process or stop it.
        try StateFile.write(record, to: ServeRecord.path(paths))
        let running: StackProcess
        do { running = try await StackProcess.start(paths, isFast: fast, faults: faults, logger: logger) } catch {
            await LocalServers.stopAll(in: paths.state)
            throw error
        }
        record.apiPort = running.stack.apiPort
        record.gatewayPort = running.gateway.port
        record.isReady = true
        try StateFile.write(record, to: ServeRecord.path(paths))
        let isOrphan = await withTaskGroup { group in
            group.addTask { !(await TerminationSignals.wait()) }
            group.addTask { await Serve.lost(ServeRecord.path(paths), process) }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        try await running.stop()
        if isOrphan { await running.servers.stop() }
    }

    /// Returns true once the record of this process is gone because its state folder was deleted.
    private static func lost(_ record: String, _ process: ProcessIdentity) async -> Bool {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            if StateFile.read(ServeRecord.self, from: record)?.process != process { return true }
        }
        return false
    }
}
