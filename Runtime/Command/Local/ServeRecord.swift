import Emulator

/// What a running emulator process tells other commands, in `emulator/serve.json`.
struct ServeRecord: Codable, Sendable {
    var process: ProcessIdentity
    /// 0 before it is ready, like the gateway's.
    var apiPort: Int
    var gatewayPort: Int
    var source: LocalSettings.Source
    /// Of the bundle that its functions run; another one is there after a build.
    var bundle: String
    var isReady = false

    static func path(_ paths: ProjectPaths) -> String { "\(paths.emulator)/serve.json" }

    /// nil when the process that wrote it has ended.
    static func running(_ paths: ProjectPaths) -> ServeRecord? {
        StateFile.read(ServeRecord.self, from: path(paths)).flatMap { $0.process.isAlive ? $0 : nil }
    }
}
