import Testing

@testable import AWS

@Suite struct DigestTests {
    @Test func `Digests of the standards`() {
        #expect(Digest.sha256Hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        // RFC 4231, test case 2.
        let code = Digest.hmacSHA256(key: Array("Jefe".utf8), "what do ya want for nothing?")
        #expect(Digest.hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `A failure of libcrypto ends the process and is never an empty digest`() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Digest.digest { _ in 0 }
        }
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("libcrypto computed no SHA-256"))
    }
}
