import Foundation

/// The manifest as SwiftPM itself reads it.
struct Manifest {
    struct Module {
        let name: String
        let type: String
        let imports: [String]
        /// The settings' JSON text, to look names up in.
        let settings: String
    }

    let targets: [Module]

    /// Runs `swift package dump-package` with a scratch folder of its own, so that it never waits for the running build.
    static func read() throws -> Manifest {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "manifest-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["swift", "package", "--package-path", Sources.root.path, "--scratch-path", scratch.path, "dump-package"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let targets = document?["targets"] as? [[String: Any]] ?? []
        return Manifest(targets: try targets.map(module))
    }

    private static func module(_ target: [String: Any]) throws -> Module {
        let dependencies = target["dependencies"] as? [[String: Any]] ?? []
        let imports = dependencies.compactMap { ($0.values.first as? [Any])?.first as? String }
        let settings = try JSONSerialization.data(withJSONObject: target["settings"] ?? [])
        return Module(
            name: target["name"] as? String ?? "", type: target["type"] as? String ?? "", imports: imports,
            settings: String(decoding: settings, as: UTF8.self))
    }
}

enum Sources {
    /// The project's folder, found from this file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func swiftFiles(under folders: [String]) throws -> [URL] {
        folders.flatMap { folder in
            let files = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
            return (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
        }
    }
}
