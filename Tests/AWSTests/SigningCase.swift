import AWS
import Foundation
import HTTP
import TestVectors

/// One case of the official Signature Version 4 suite, signed in the header or in the query.
struct SigningCase: Sendable, CustomStringConvertible {
    enum Variant: String, CaseIterable, Sendable { case header, query }

    private struct Context: Decodable {
        struct Keys: Decodable {
            let access_key_id: String
            let secret_access_key: String
            let token: String?
        }
        let credentials: Keys
        let expiration_in_seconds: Int
        let normalize: Bool
        let region: String
        let service: String
        let sign_body: Bool
        let timestamp: String
        let omit_session_token: Bool?
    }

    let name: String
    let variant: Variant

    var description: String { "\(name), \(variant)" }

    static var all: [SigningCase] {
        Vectors.names(in: "sigv4/v4").flatMap { name in Variant.allCases.map { SigningCase(name: name, variant: $0) } }
    }

    func expected(_ part: String) throws -> String {
        try Vectors.text("sigv4/v4/\(name)/\(variant)-\(part).txt")
    }

    func sign() throws -> SignedRequest {
        let context = try JSONDecoder().decode(Context.self, from: Data(try Vectors.contract("sigv4/v4/\(name)/context.json")))
        let keys = context.credentials
        var signer = SigV4Signer(
            Credentials(accessKey: keys.access_key_id, secretKey: keys.secret_access_key, sessionToken: keys.token),
            region: context.region, service: context.service)
        signer.pathRule = .twice(normalised: context.normalize)
        signer.addsContentHash = context.sign_body
        signer.tokenPlacement = context.omit_session_token == true ? .afterSigning : .signed
        let time = try require(SigningTime(context.timestamp))
        let request = try Self.parse(try Vectors.text("sigv4/v4/\(name)/request.txt"))
        return switch variant {
        case .header: try signer.sign(request, at: time)
        case .query: try signer.presign(request, expires: context.expiration_in_seconds, at: time)
        }
    }

    /// Reads a raw request by hand: targets hold blanks and unencoded text, header values go on over indented lines.
    static func parse(_ text: String) throws -> HTTPRequest {
        let text = text.replacing("\r\n", with: "\n")
        let split = text.range(of: "\n\n")
        let lines = text[..<(split?.lowerBound ?? text.endIndex)].split(separator: "\n")
        let body = split.map { String(text[$0.upperBound...]) } ?? ""
        let first = lines[0]
        let method = first.prefix { $0 != " " }
        let target = first.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
        var headers: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            if line.first == " " || line.first == "\t" {
                headers[headers.count - 1].value += "\n" + line
            } else if let colon = line.firstIndex(of: ":") {
                headers.append((String(line[..<colon]), String(line[line.index(after: colon)...])))
            }
        }
        let host = headers.first { $0.name.lowercased() == "host" }?.value ?? ""
        return HTTPRequest(String(method), "https://\(host)\(target)", headers: headers, body: body.isEmpty ? nil : Array(body.utf8))
    }
}

struct Missing: Error {}

func require<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing() }
    return value
}
