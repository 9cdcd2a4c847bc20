import Emulator

/// The options of a start, which are stored in the state folder's settings before the emulator reads them.
struct UpRequest: Sendable {
    var source: LocalSettings.Source?
    /// Template parameters to set beside those that the folder's settings hold.
    var parameters: [ParameterAssignment] = []
    /// The dashboard's port.
    var port: Int?
    /// Skips syncs to disk; for tests.
    var isFast = false
    /// The seed of fault injection; for tests.
    var faults: UInt64?

    /// The arguments of the emulator process.
    var serveOptions: [String] { (isFast ? ["--fast"] : []) + (faults.map { ["--faults", "\($0)"] } ?? []) }

    /// Checks the options against the folder's settings, the running deployment and free ports, and stores them.
    func apply(to paths: ProjectPaths) throws {
        var settings = try paths.settings()
        if let source {
            if let current = settings.source, current != source {
                throw CommandError(
                    "\(paths.state) has prices from “\(current.rawValue)”: set BELLWETHER_HOME to another folder for “\(source.rawValue)”")
            }
            try LocalParameters(paths, source: source).checkSource()
            settings.source = source
        }
        if !parameters.isEmpty {
            let values = try LocalParameters(paths, source: settings.source ?? .sample).applying(parameters, to: settings.parameters ?? [:])
            settings.parameters = values.isEmpty ? nil : values
        }
        if let port {
            if let running = ServeRecord.running(paths) {
                // The record of an emulator that is starting has no port yet.
                let current = running.gatewayPort > 0 ? running.gatewayPort : settings.gatewayPort
                guard current == port else {
                    let place = current.map { "is running on port \($0)" } ?? "is starting"
                    throw CommandError("the dashboard of \(paths.state) \(place): run `bellwether down` before a start on port \(port)")
                }
            } else if !LoopbackPorts.isFree(port) {
                throw CommandError("port \(port) is in use: choose another one with --port")
            }
            settings.gatewayPort = port
        }
        settings.source = settings.source ?? .sample
        try paths.write(settings)
    }
}
