import Emulator

/// The record of the running emulator process for other commands, stored as `emulator/serve.json`.
struct ServeRecord: Codable, Sendable {
    var process: ProcessIdentity
    /// 0 before the emulator is ready, like `gatewayPort`.
    var apiPort: Int
    var gatewayPort: Int
    var source: LocalSettings.Source
    /// The template parameters that the user set, by name; nil for none.
    var parameters: [String: String]?
    /// The `BundleStamp` of the functions that run; another one after a build.
    var bundle: String
    var isReady = false

    private enum CodingKeys: String, CodingKey {
        case process, source, parameters, bundle
        case apiPort = "api_port"
        case gatewayPort = "gateway_port"
        case isReady = "is_ready"
    }

    static func path(_ paths: ProjectPaths) -> String { "\(paths.emulator)/serve.json" }

    /// The record of a running emulator; nil when its process has ended.
    static func running(_ paths: ProjectPaths) -> ServeRecord? {
        StateFile.read(ServeRecord.self, from: path(paths)).flatMap { $0.process.isAlive ? $0 : nil }
    }
}
