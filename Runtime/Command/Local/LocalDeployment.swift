import ArgumentParser
import Emulator
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The deployment on this machine, from the outside: started, found, stopped.
struct LocalDeployment: Sendable {
    let home: Home
    let record: ServeRecord
    let secrets: LocalSecrets

    var machine: MachineClient { MachineClient(port: record.apiPort) }
    /// The API and the page.
    var url: String { "http://127.0.0.1:\(record.gatewayPort)" }
    /// The page's address with the local key, which a browser keeps to itself.
    var dashboard: String { "\(url)/#key=\(secrets.apiKey)" }

    /// What runs; nil when nothing does.
    static func running(_ home: Home) throws -> LocalDeployment? {
        guard let record = ServeRecord.running(home), record.isReady else { return nil }
        return LocalDeployment(home: home, record: record, secrets: try LocalSecrets.inFolder(home.state))
    }

    static func required(_ home: Home) throws -> LocalDeployment {
        if let deployment = try running(home) { return deployment }
        Screen.say("Nothing is running: start it with `bellwether up`.")
        throw ExitCode(3)
    }

    /// Finds or starts everything and waits until it answers. A running one with an old bundle is started again; one that an
    /// interrupted command has begun to start is waited for.
    static func start(_ home: Home, _ request: UpRequest) async throws -> LocalDeployment {
        try StateFile.makeFolder(home.emulator)
        let lock = try await StartLock.take(home)
        defer { lock.release() }
        try request.settle(home)
        let settings = try home.settings()
        try await untilReady(home)
        if let found = try running(home) {
            let isWanted = settings.source == nil || found.record.source == settings.source
            if isWanted, found.record.bundle == BundleStamp.of(home.bundle), await found.machine.status() != nil { return found }
        }
        if let old = ServeRecord.running(home) { await end(old.process) }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let log = "\(home.emulator)/serve.log"
        try StateFile.replace(log, with: [])
        var environment = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG", "TZ", "BELLWETHER_PROVIDER_KEY"].contains($0.key)
        }
        environment["BELLWETHER_PROJECT"] = home.project
        environment["BELLWETHER_HOME"] = home.state
        environment["BELLWETHER_WEED"] = home.weed
        let process = try DetachedProcess.start(
            [program, "serve"] + request.serveOptions, environment: environment, folder: home.project, log: log)
        while process.isAlive {
            if let ready = try running(home), ready.record.process.pid == process.pid { return ready }
            try await Task.sleep(for: .milliseconds(30))
        }
        try await untilReady(home)
        if let other = try running(home) { return other }
        let words = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self).split(separator: "\n")
        let sentence = words.last { $0.hasPrefix("Error: ") }.map { String($0.dropFirst(7)) }
        throw CommandFailure(sentence ?? "the emulator ended before it was ready; its log is \(log)")
    }

    /// Ends the emulator, then the servers under it. True when anything ran.
    static func stop(_ home: Home) async -> Bool {
        var ran = false
        if let record = ServeRecord.running(home) {
            ran = true
            await end(record.process)
        }
        ran = !LocalServers.running(inFolder: home.state).isEmpty || ran
        await LocalServers.stopAll(inFolder: home.state)
        return ran
    }

    /// Returns once an emulator that is starting answers or has ended.
    private static func untilReady(_ home: Home) async throws {
        while let record = ServeRecord.running(home), !record.isReady { try await Task.sleep(for: .milliseconds(30)) }
    }

    private static func end(_ process: ProcessIdentity) async {
        process.signal(SIGTERM)
        if await !process.waitForEnd(.seconds(15)) { process.signal(SIGKILL) }
        _ = await process.waitForEnd(.seconds(5))
    }
}

/// Tells one bundle from another by its executable's size and time.
enum BundleStamp {
    static func of(_ bundle: String) -> String {
        let attributes = (try? FileManager.default.attributesOfItem(atPath: "\(bundle)/bootstrap")) ?? [:]
        let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(attributes[.size] ?? 0)-\(time)"
    }
}
