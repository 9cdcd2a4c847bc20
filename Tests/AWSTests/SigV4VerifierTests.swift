import HTTP
import Testing

@testable import AWS

/// The server's side of Signature Version 4, against our own signer; boto3 and the AWS CLI sign in `EmulatorTests`.
@Suite struct SigV4VerifierTests {
    private static let credentials = Credentials(accessKey: "AK", secretKey: "SK", sessionToken: "T/+=")
    private static let time = SigningTime(seconds: 1_600_000_000)
    private static let body = Array(#"{"a":1}"#.utf8)

    /// A received request: what the wire carries.
    private struct Received {
        var method = "POST"
        var path = "/2015-03-31/functions/arn%3Aaws%3Alambda/invocations"
        var query = "b=2&a=%24LATEST&a=1"
        var headers: [(name: String, value: String)] = []
        var body = SigV4VerifierTests.body

        init(service: String = "lambda", credentials: Credentials = SigV4VerifierTests.credentials) throws {
            let signer = SigV4Signer(credentials, region: "eu-west-1", service: service)
            let request = HTTPRequest(
                method, "http://127.0.0.1:9000\(path)?\(query)", headers: [("X-Amz-Client-Context", "  e30=  ")], body: body)
            let signed = try signer.sign(request, at: SigV4VerifierTests.time).request
            headers = signed.headers.map { ($0.name.lowercased(), $0.value) } + [("host", "127.0.0.1:9000"), ("accept", "*/*")]
        }

        mutating func replace(_ name: String, with value: String) {
            headers = headers.filter { $0.name != name } + [(name, value)]
        }

        func refusal(after seconds: Int64 = 0) -> SigV4Verifier.SignatureError? {
            do throws(SigV4Verifier.SignatureError) {
                try SigV4Verifier(SigV4VerifierTests.credentials, service: "lambda").verify(
                    method: method, path: path, query: query, headers: headers, body: body,
                    at: SigningTime(seconds: SigV4VerifierTests.time.seconds + seconds))
                return nil
            } catch { return error }
        }
    }

    @Test func `A signed request is accepted within five minutes`() throws {
        let request = try Received()
        #expect(request.refusal() == nil)
        #expect(request.refusal(after: 300) == nil && request.refusal(after: -300) == nil)
        #expect(request.refusal(after: 301) == .expired && request.refusal(after: -301) == .expired)
    }

    @Test func `Every signed part is protected`() throws {
        let changes: [(inout Received) -> Void] = [
            { $0.method = "PUT" }, { $0.path += "x" }, { $0.query += "&c=3" }, { $0.body = [] }, { $0.body[2] ^= 1 },
            { $0.replace("host", with: "evil.example") }, { $0.replace("x-amz-client-context", with: "e31=") },
            { $0.replace("x-amz-security-token", with: "T") }, { $0.headers.append(("x-amz-client-context", "e30=")) },
            { $0.replace("x-amz-content-sha256", with: "UNSIGNED-PAYLOAD") },
        ]
        for (index, change) in changes.enumerated() {
            var request = try Received()
            change(&request)
            #expect(request.refusal() == .mismatch, "change \(index)")
        }
        #expect(try Received(credentials: Credentials(accessKey: "AK", secretKey: "other")).refusal() == .mismatch)
        #expect(try Received(credentials: Credentials(accessKey: "BK", secretKey: "SK")).refusal() == .unknownKey)
    }

    @Test func `A header of AWS that is not signed is refused`() throws {
        var request = try Received()
        request.headers.append(("x-amz-invocation-type", "Event"))
        #expect(request.refusal() == .incomplete("x-amz-invocation-type has to be signed"))
        request = try Received()
        request.headers.append(("x-amzn-trace-id", "Root=1"))
        #expect(request.refusal() == nil)
    }

    @Test(
        arguments: [
            "", "Bearer x", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=AK",
            "AWS4-HMAC-SHA256 Credential=AK/1/2/3/4/5,SignedHeaders=host,Signature=0",
            "AWS4-HMAC-SHA256 Credential=AK/20200913/eu-west-1/lambda/aws4_request, SignedHeaders=x-amz-date, Signature=00",
            "AWS4-HMAC-SHA256 Credential=AK/20200913/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=00",
            "AWS4-HMAC-SHA256 Credential=AK/20200914/eu-west-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
            "AWS4-HMAC-SHA256 Credential=AK/20200913/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
            "AWS4-HMAC-SHA256 Credential=/////,,,===,SignedHeaders=,Signature=",
        ])
    func `An incomplete header is refused`(_ text: String) throws {
        var request = try Received()
        request.replace("authorization", with: text)
        switch request.refusal() {
        case .missing, .incomplete: break
        case let other: Issue.record("\(String(describing: other))")
        }
        request.headers.removeAll { $0.name == "authorization" }
        #expect(request.refusal() == .missing)
    }

    @Test(arguments: ["20209999T999999Z", "99999999T000000Z", "00000000T000000Z", "20200913T122640", "", "2020-09-13"])
    func `A strange time is refused`(_ time: String) throws {
        var request = try Received()
        request.replace("x-amz-date", with: time)
        #expect(request.refusal() != nil)
    }
}
