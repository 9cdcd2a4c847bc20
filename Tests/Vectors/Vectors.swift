import Foundation

/// The folder of vectors outside the project, named by `BELLWETHER_VECTORS`. Tests that need it are skipped loudly without it.
package enum Vectors {
    package static let root: String? = {
        let path = ProcessInfo.processInfo.environment["BELLWETHER_VECTORS"]
        if path == nil { print("SKIPPED: BELLWETHER_VECTORS is not set, so the tests over its files do not run") }
        return path
    }()

    package static var arePresent: Bool { root != nil }

    package static func file(_ path: String) -> String { (root ?? "") + "/" + path }

    /// A file's bytes, through `gzip -dc` when its name ends in `.gz`.
    package static func bytes(_ path: String) throws -> [UInt8] {
        guard path.hasSuffix(".gz") else { return [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(path)))) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file(path)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return [UInt8](data)
    }

    /// A text file's lines, likewise.
    package static func lines(_ path: String) throws -> [Substring] {
        String(decoding: try bytes(path), as: UTF8.self).split(whereSeparator: \.isNewline)
    }
}
