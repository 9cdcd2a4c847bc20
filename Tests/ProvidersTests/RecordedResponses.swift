import Foundation
import TestVectors
import Testing

/// Recorded responses of providers.
extension Vectors {
    /// A sample's provider body: the file itself, or `response.bodyJson` of a recorded exchange.
    static func body(_ path: String) throws -> [UInt8] {
        let bytes = try bytes(path)
        let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        guard let inner = (json?["response"] as? [String: Any])?["bodyJson"] else { return bytes }
        return [UInt8](try JSONSerialization.data(withJSONObject: inner))
    }

    /// A sample's provider body; of a recorded `.yaml` exchange that of its `interaction` (from 0).
    static func recorded(_ path: String, interaction: Int = 0) throws -> [UInt8] {
        guard path.hasSuffix(".yaml") else { return try bytes(path) }
        let bodies = try interactions(path)
        try #require(bodies.indices.contains(interaction), "\(path) has \(bodies.count) interactions")
        return bodies[interaction]
    }

    /// The bodies of all interactions of a recording: each `string:` in single quotes, its folded lines joined by a blank and an empty line
    /// standing for a line break.
    static func interactions(_ path: String) throws -> [[UInt8]] {
        var rest = String(decoding: try bytes(path), as: UTF8.self)[...]
        var bodies: [[UInt8]] = []
        while let start = rest.range(of: "string: '") {
            rest = rest[start.upperBound...]
            var body = ""
            while let quote = rest.firstIndex(of: "'") {
                body += rest[..<quote]
                rest = rest[rest.index(after: quote)...]
                guard rest.first == "'" else { break }
                body += "'"
                rest.removeFirst()
            }
            let lines = body.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let paragraphs = lines.split(separator: "", omittingEmptySubsequences: false).map { $0.joined(separator: " ") }
            bodies.append([UInt8](paragraphs.joined(separator: "\n").utf8))
        }
        return bodies
    }

    struct ErrorBody: Sendable {
        let kind: String
        let status: Int
        let contentType: String?
        let body: [UInt8]
    }

    /// The list of errors in a file of `{status, content_type?, body | body_text}`.
    static func errors(_ path: String) throws -> [ErrorBody] {
        let list = try #require(try JSONSerialization.jsonObject(with: Data(try bytes(path))) as? [[String: Any]])
        return try list.map { entry in
            let text = (entry["body_text"] as? String).map { [UInt8]($0.utf8) }
            let body = try text ?? [UInt8](JSONSerialization.data(withJSONObject: try #require(entry["body"])))
            return ErrorBody(
                kind: entry["kind"] as? String ?? "", status: try #require(entry["status"] as? Int),
                contentType: entry["content_type"] as? String, body: body)
        }
    }
}
