import Foundation

/// The contract vectors, found by `BELLWETHER_VECTORS`. Without it the tests over them are skipped, with a note.
enum Vectors {
    static let root: URL? = {
        guard let path = ProcessInfo.processInfo.environment["BELLWETHER_VECTORS"] else {
            FileHandle.standardError.write(Data("SKIPPED: BELLWETHER_VECTORS is not set, the vectors of AWSTests do not run\n".utf8))
            return nil
        }
        return URL(filePath: path).appending(path: "contracts")
    }()

    static var arePresent: Bool { root != nil }

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let root else { return [] }
        return Array(try Data(contentsOf: root.appending(path: path)))
    }

    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    /// The names in a folder, sorted; none without vectors.
    static func names(in folder: String) -> [String] {
        guard let root else { return [] }
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }
}
