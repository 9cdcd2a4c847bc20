import AWS
import Formats
import Foundation
import HTTP
import TestVectors
import Testing

@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"))
struct S3ExampleTests {
    struct Example: Decodable, Sendable, CustomStringConvertible {
        let name, method, path: String
        let query: [[String]]
        let headers: [String: String]
        let payload_hash, canonical_request, string_to_sign, signed_headers, signature: String
        let access_key_id, secret_access_key, region, service, timestamp: String

        var description: String { name }
        var time: SigningTime { SigningTime(timestamp) ?? SigningTime(seconds: 0) }
        var signer: SigV4Signer {
            SigV4Signer(Credentials(accessKey: access_key_id, secretKey: secret_access_key), region: region, service: service)
        }

        static var all: [Example] {
            struct File: Decodable { let examples: [Example] }
            let bytes = (try? Vectors.contract("sigv4/s3-documented-examples.json")) ?? []
            return (try? JSONDecoder().decode(File.self, from: Data(bytes)))?.examples ?? []
        }

        func sign() throws -> SignedRequest {
            let host = headers["Host"] ?? ""
            let url = "https://\(host)\(PercentEncoding.encode(path, keeping: .path))"
            if query.contains(where: { $0[0] == "X-Amz-Algorithm" }) {
                let expires = query.first { $0[0] == "X-Amz-Expires" }.flatMap { Int($0[1]) } ?? 0
                return try signer.presign(HTTPRequest(method, url), expires: expires, at: time)
            }
            let pairs = query.map { "\(PercentEncoding.encode($0[0]))=\(PercentEncoding.encode($0.count > 1 ? $0[1] : ""))" }
            let request = HTTPRequest(
                method, url + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")), headers: headers.map { ($0.key, $0.value) })
            return try signer.sign(request, payload: .marker(payload_hash), at: time)
        }
    }

    @Test(arguments: Example.all)
    func `The worked examples of the manual are reproduced`(_ example: Example) throws {
        let signed = try example.sign()
        #expect(signed.canonicalRequest.text == example.canonical_request)
        #expect(signed.canonicalRequest.signedHeaders == example.signed_headers)
        #expect(signed.stringToSign == example.string_to_sign)
        #expect(signed.signature == example.signature)
    }
}
