import ArgumentParser
import Emulator
import Foundation
import Logging

/// The emulator's process; other commands start it.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the emulator in this process.", shouldDisplay: false)

    @Flag(help: "Trade a power cut's safety for speed.") var fast = false
    @Option(help: "Deliver every event twice and shuffled, by this seed.") var faults: UInt64?

    func run() async throws {
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
            process: process, apiPort: 0, gatewayPort: 0, source: settings.source ?? .sample, bundle: BundleStamp.of(paths.bundle))
        // From here on other commands wait for this process, or end it.
        try StateFile.write(record, to: ServeRecord.path(paths))
        let cloud = try await StackProcess.start(paths, isFast: fast, faults: faults, logger: logger)
        record.apiPort = cloud.stack.apiPort
        record.gatewayPort = cloud.gateway.port
        record.isReady = true
        try StateFile.write(record, to: ServeRecord.path(paths))
        let isOrphan = await withTaskGroup { group in
            group.addTask { !(await TerminationSignals.wait()) }
            group.addTask { await Serve.loses(ServeRecord.path(paths), process) }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        try await cloud.stop()
        if isOrphan { await cloud.servers.stop() }
    }

    /// Returns true once the record of this process is gone: somebody has deleted the state folder under it.
    private static func loses(_ record: String, _ process: ProcessIdentity) async -> Bool {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            if StateFile.read(ServeRecord.self, from: record)?.process != process { return true }
        }
        return false
    }
}
