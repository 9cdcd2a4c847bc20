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
        let home = try Home.find()
        Terminations.take()
        var logger = Logger(label: "bellwether")
        logger.logLevel = .notice
        let settings = try home.settings()
        try ServeLock.take(home)
        guard let process = ProcessIdentity(pid: ProcessInfo.processInfo.processIdentifier) else {
            throw CommandFailure("this process cannot be found in /proc")
        }
        var record = ServeRecord(
            process: process, apiPort: 0, gatewayPort: 0, source: settings.source ?? .sample, bundle: BundleStamp.of(home.bundle))
        // From here on other commands wait for this process, or end it.
        try StateFile.write(record, to: ServeRecord.path(home))
        let cloud = try await LocalCloud.start(home, isFast: fast, faults: faults, logger: logger)
        record.apiPort = cloud.machine.apiPort
        record.gatewayPort = cloud.gateway.port
        record.isReady = true
        try StateFile.write(record, to: ServeRecord.path(home))
        let isOrphan = await withTaskGroup { group in
            group.addTask { !(await Terminations.wait()) }
            group.addTask { await Serve.loses(ServeRecord.path(home), process) }
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
