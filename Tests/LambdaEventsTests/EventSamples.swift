import Foundation
import TestVectors

/// Event files of other projects.
extension Vectors {
    static func sample(_ name: String) throws -> Data { Data(try bytes("contracts/aws-events/\(name).json")) }

    static func decode<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
        try JSONDecoder().decode(type, from: sample(name))
    }
}

/// Encodes and decodes again.
func again<T: Codable>(_ value: T) throws -> T { try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value)) }
func decoded<T: Decodable>(_ type: T.Type, _ text: String) throws -> T { try JSONDecoder().decode(type, from: Data(text.utf8)) }
