import AWS
import Foundation
import HTTP
import TestVectors
import Testing

/// Requests exactly as the AWS SDK for Python signs them.
@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"))
struct SDKRequestTests {
    struct Recorded: Decodable, Sendable {
        struct Keys: Decodable, Sendable {
            let access_key_id, secret_access_key: String
            let session_token: String?
        }
        struct SentRequest: Decodable, Sendable {
            let method, url: String
            let headers: [String: String]
            let body_encoding, body: String
        }
        struct Input: Decodable, Sendable {
            let Bucket, Key, ContentType, host, user, region: String?
            let port: Int?
        }
        let service, operation, timestamp, canonical_request, string_to_sign: String
        let credentials: Keys
        let region: String?
        let input: Input
        let request: SentRequest?
        let token, presigned_url: String?
        let expires: Int?

        init(_ name: String) throws {
            self = try JSONDecoder().decode(Recorded.self, from: Data(try Vectors.contract("aws-requests/\(name)")))
        }

        var keys: Credentials {
            Credentials(
                accessKey: credentials.access_key_id, secretKey: credentials.secret_access_key, sessionToken: credentials.session_token)
        }
    }

    static var names: [String] { Vectors.names(in: "aws-requests") }

    @Test(arguments: names)
    func `Every request is signed as the SDK signs it`(_ name: String) throws {
        let recorded = try Recorded(name)
        let time = try #require(SigningTime(recorded.timestamp))
        let signed: SignedRequest
        if let token = recorded.token {
            let input = recorded.input
            signed = try RDSToken.signed(
                host: try #require(input.host), port: try #require(input.port), user: try #require(input.user),
                region: try #require(input.region), credentials: recorded.keys, at: time)
            let made = try RDSToken.make(
                host: input.host ?? "", port: input.port ?? 0, user: input.user ?? "", region: input.region ?? "",
                credentials: recorded.keys, at: time)
            #expect(made == token)
        } else if let url = recorded.presigned_url {
            signed = try presign(recorded, url, at: time)
            #expect(signed.request.url == url)
        } else {
            signed = try sign(recorded, at: time)
        }
        #expect(signed.canonicalRequest.text == recorded.canonical_request)
        #expect(signed.stringToSign == recorded.string_to_sign)
    }

    private func presign(_ recorded: Recorded, _ url: String, at time: SigningTime) throws -> SignedRequest {
        let signer = SigV4Signer(recorded.keys, region: recorded.region ?? "", service: "s3")
        let headers = recorded.input.ContentType.map { [(name: "Content-Type", value: $0)] } ?? []
        let plain = url.split(separator: "?")[0]
        let request = HTTPRequest(recorded.operation == "get_object" ? "GET" : "PUT", String(plain), headers: headers)
        return try signer.presign(request, expires: recorded.expires ?? 0, at: time)
    }

    /// `Content-Length` is added on the way to the socket, and is not signed by this SDK.
    private func sign(_ recorded: Recorded, at time: SigningTime) throws -> SignedRequest {
        let wire = try #require(recorded.request)
        let authorization = wire.headers["Authorization"]
        let scope = authorization.flatMap { $0.firstMatch(of: /Credential=[^\/]+\/\d+\/([^\/]+)\/([^\/]+)\//) }
        let service = scope.map { String($0.2) } ?? recorded.service
        let signer = SigV4Signer(recorded.keys, region: scope.map { String($0.1) } ?? recorded.region ?? "", service: service)
        let body = try #require(wire.body_encoding == "base64" ? Data(base64Encoded: wire.body) : Data(wire.body.utf8))
        let request = HTTPRequest(
            wire.method, wire.url, headers: wire.headers.filter { $0.key.lowercased() != "content-length" }.map { ($0.key, $0.value) },
            body: Array(body))
        let declared = wire.headers.first { $0.key.lowercased() == "x-amz-content-sha256" }?.value
        let payload = declared.flatMap { $0.count == 64 ? nil : SigV4Signer.Payload.marker($0) } ?? .hashed
        let signed = try signer.sign(request, payload: payload, at: time)
        let made = signed.request.headers.first { $0.name == "Authorization" }?.value
        #expect(made == authorization)
        return signed
    }

    @Test(arguments: names.filter { $0.hasPrefix("s3-get-object-key") || $0.hasPrefix("s3-head-object-path") || $0.hasPrefix("s3-dotted") })
    func `The client builds the same path for a key`(_ name: String) throws {
        let recorded = try Recorded(name)
        let url = try #require(recorded.request?.url)
        let address = try #require(WebAddress(url))
        let environment = address.isLoopback ? ["AWS_ENDPOINT_URL": address.origin] : [:]
        let client = S3Client(HTTPClient(), environment: environment)
        let made = client.url(bucket: recorded.input.Bucket ?? "", key: recorded.input.Key)
        #expect(WebAddress(made)?.path == address.path)
    }
}
