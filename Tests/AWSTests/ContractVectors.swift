import Foundation
import TestVectors

/// The vectors of AWS's contracts.
extension Vectors {
    static func contract(_ path: String) throws -> [UInt8] { try bytes("contracts/\(path)") }
    static func text(_ path: String) throws -> String { String(decoding: try contract(path), as: UTF8.self) }

    /// The names in a folder of contracts, sorted; none without vectors.
    static func names(in folder: String) -> [String] {
        guard arePresent else { return [] }
        let names = try? FileManager.default.contentsOfDirectory(atPath: file("contracts/\(folder)"))
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }
}
