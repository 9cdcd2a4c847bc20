import ArgumentParser
import Emulator
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The running deployment on this machine, as another process: finds, starts and stops it.
struct LocalDeployment: Sendable {
    let paths: ProjectPaths
    let record: ServeRecord
    let secrets: LocalSecrets

    var emulator: EmulatorClient { EmulatorClient(port: record.apiPort, credentials: secrets.credentials) }
    /// The address of the S3 server; nil when it does not run.
    var s3Endpoint: String? {
        LocalServers.running(in: paths.state).first { $0.name == "SeaweedFS" }.map { "http://127.0.0.1:\($0.port)" }
    }
    /// The address of the dashboard and its API.
    var url: String { "http://127.0.0.1:\(record.gatewayPort)" }
    /// The dashboard's address with the local API key, in the part after # that browsers do not send.
    var dashboard: String { "\(url)/#key=\(secrets.apiKey)" }

    /// The running deployment; nil when none runs.
    static func running(_ paths: ProjectPaths) throws -> LocalDeployment? {
        guard let record = ServeRecord.running(paths), record.isReady else { return nil }
        return LocalDeployment(paths: paths, record: record, secrets: try LocalSecrets.loadOrCreate(in: paths.state))
    }

    /// The running deployment. Throws exit code 3 when none runs.
    static func required(_ paths: ProjectPaths) throws -> LocalDeployment {
        if let deployment = try running(paths) { return deployment }
        Console.message(
            LocalServers.running(in: paths.state).isEmpty
                ? "Nothing is running: start it with `bellwether up`."
                : "The emulator is not running, its servers are: start it with `bellwether up`, or stop them with `bellwether down`.")
        throw ExitCode(3)
    }

    /// Finds or starts the deployment and waits until it is ready. A deployment with an old bundle or other parameters is restarted.
    static func start(_ paths: ProjectPaths, _ request: UpRequest) async throws -> LocalDeployment {
        try StateFile.makePrivateFolder(paths.emulator)
        let lock = try await StartLock.take(paths)
        defer { lock.release() }
        try await untilReady(paths)
        try request.apply(to: paths)
        let settings = try paths.settings()
        if let found = try running(paths) {
            let isAsRequested =
                (settings.source == nil || found.record.source == settings.source) && found.record.parameters == settings.parameters
            if isAsRequested, found.record.bundle == BundleStamp.of(paths.bundle), await found.emulator.status() != nil {
                return found
            }
        }
        if let old = ServeRecord.running(paths) { await end(old.process) }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let log = "\(paths.emulator)/serve.log"
        try StateFile.replace(log, with: [])
        var environment = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG", "TZ", "BELLWETHER_PORTS", "BELLWETHER_PROVIDER_KEY"].contains($0.key)
        }
        environment["BELLWETHER_PROJECT"] = paths.project
        environment["BELLWETHER_HOME"] = paths.state
        environment["BELLWETHER_WEED"] = paths.weed
        let process = try DetachedProcess.start(
            [program, "serve"] + request.serveOptions, environment: environment, folder: paths.project, log: log)
        do {
            while process.isAlive {
                if let ready = try running(paths), ready.record.process.pid == process.pid { return ready }
                try await Task.sleep(for: .milliseconds(30))
            }
        } catch {
            // In a task of its own: this one may be cancelled, and then it cannot wait.
            await Task { await end(process) }.value
            throw error
        }
        try await untilReady(paths)
        if let other = try running(paths) { return other }
        let lines = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self).split(separator: "\n")
        let message = lines.last { $0.hasPrefix("Error: ") }.map { String($0.dropFirst(7)) }
        throw CommandError(message ?? "the emulator ended before it was ready; see its log, \(log)")
    }

    /// Stops the advance of the virtual clock where it is. Returns false when no emulator is ready.
    @discardableResult
    static func stopAdvance(_ paths: ProjectPaths) async -> Bool {
        guard let deployment = try? running(paths), let clock = await deployment.emulator.stopAdvance() else { return false }
        Console.message("The virtual clock stops at \(clock.now).")
        return true
    }

    /// Stops a deployment whose start by this process was cancelled or has ended.
    static func stopAfterStart(_ paths: ProjectPaths) async {
        // The start holds the lock until the process that it started has a record or has ended.
        let lock = try? await StartLock.take(paths, isSilent: true)
        defer { lock?.release() }
        _ = await stop(paths)
    }

    /// Stops the emulator, then its servers. Returns false when nothing ran.
    static func stop(_ paths: ProjectPaths) async -> Bool {
        var ran = false
        if let record = ServeRecord.running(paths) {
            ran = true
            await end(record.process)
        }
        ran = !LocalServers.running(in: paths.state).isEmpty || ran
        await LocalServers.stopAll(in: paths.state)
        return ran
    }

    /// Waits until an emulator that is starting is ready or has ended.
    private static func untilReady(_ paths: ProjectPaths) async throws {
        while let record = ServeRecord.running(paths), !record.isReady { try await Task.sleep(for: .milliseconds(30)) }
    }

    private static func end(_ process: ProcessIdentity) async {
        process.signal(SIGTERM)
        if await !process.waitForEnd(.seconds(15)) { process.signal(SIGKILL) }
        _ = await process.waitForEnd(.seconds(5))
    }
}

/// Identifies a bundle by the size and modification time of its executable.
enum BundleStamp {
    static func of(_ bundle: String) -> String {
        let attributes = (try? FileManager.default.attributesOfItem(atPath: "\(bundle)/bootstrap")) ?? [:]
        let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(attributes[.size] ?? 0)-\(time)"
    }
}
