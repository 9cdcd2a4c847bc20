import Emulator

/// What a user may ask of a start; settled into the state folder before the emulator reads it.
struct UpRequest: Sendable {
    var source: LocalSettings.Source?
    /// The dashboard's port.
    var port: Int?
    /// Without the disk's guarantees; for tests.
    var isFast = false
    /// Seeds duplicated and shuffled delivery; for tests.
    var faults: UInt64?

    /// The emulator process's arguments.
    var serveOptions: [String] { (isFast ? ["--fast"] : []) + (faults.map { ["--faults", "\($0)"] } ?? []) }

    /// Checks the request against what the folder holds and what is free, and writes it down.
    func settle(_ paths: ProjectPaths) throws {
        var settings = try paths.settings()
        if let source {
            if let held = settings.source, held != source {
                throw CommandError(
                    "\(paths.state) holds prices from “\(held.rawValue)”: name another folder in BELLWETHER_HOME for “\(source.rawValue)”")
            }
            settings.source = source
        }
        if let port, port != settings.gatewayPort {
            let isOurs = ServeRecord.running(paths)?.gatewayPort == port
            guard isOurs || LoopbackPorts.isFree(port) else {
                throw CommandError("port \(port) is taken: choose another one with --port")
            }
            settings.gatewayPort = port
        }
        settings.source = settings.source ?? .sample
        try paths.write(settings)
    }
}
