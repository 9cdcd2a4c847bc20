import Foundation

/// Event files of other projects, found by `BELLWETHER_VECTORS`; without it these tests say that they were skipped.
enum Vectors {
    static let folder = ProcessInfo.processInfo.environment["BELLWETHER_VECTORS"].map { $0 + "/contracts/aws-events" }
    static var arePresent: Bool {
        if let folder, FileManager.default.fileExists(atPath: folder) { return true }
        print("SKIPPED: BELLWETHER_VECTORS names no folder with contracts/aws-events")
        return false
    }

    static func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(folder ?? "")/\(name).json")) }

    static func decode<T: Decodable>(_ type: T.Type, _ name: String) throws -> T { try JSONDecoder().decode(type, from: data(name)) }
}

/// Encodes and decodes again.
func again<T: Codable>(_ value: T) throws -> T { try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value)) }
func decoded<T: Decodable>(_ type: T.Type, _ text: String) throws -> T { try JSONDecoder().decode(type, from: Data(text.utf8)) }
