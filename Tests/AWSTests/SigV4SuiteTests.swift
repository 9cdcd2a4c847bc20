import AWS
import HTTP
import TestVectors
import Testing

@Suite(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"))
struct SigV4SuiteTests {
    @Test(arguments: SigningCase.all)
    func `Every intermediate of the signature matches`(_ vector: SigningCase) throws {
        let signed = try vector.sign()
        #expect(signed.canonicalRequest.text == (try vector.expected("canonical-request")))
        #expect(signed.stringToSign == (try vector.expected("string-to-sign")))
        #expect(signed.signature == (try vector.expected("signature")))
    }

    @Test(arguments: SigningCase.all)
    func `The signed request carries the same headers and parameters`(_ vector: SigningCase) throws {
        let signed = try vector.sign().request
        let expected = try SigningCase.parse(try vector.expected("signed-request"))
        func lines(_ request: HTTPRequest) -> [String] {
            request.headers.map { "\($0.name.lowercased()):\($0.value)" }.sorted()
        }
        #expect(lines(signed) == lines(expected))
        func parameters(_ request: HTTPRequest) -> [String] {
            (WebAddress(request.url)?.query ?? "").split(separator: "&").map(String.init).sorted()
        }
        #expect(parameters(signed) == parameters(expected))
    }

    @Test func `There are cases`() {
        #expect(SigningCase.all.count >= 38)
    }
}
