/// Checks the signature of requests that a server receives: Signature Version 4 in the `Authorization` header.
package struct SigV4Verifier: Sendable {
    /// Why a request is refused.
    package enum SignatureError: Error, Hashable, Sendable {
        /// There is no signature.
        case missing
        /// The `Authorization` header lacks a part, or the host or the time is not signed.
        case incomplete(String)
        case unknownKey
        /// The request's time and the server's differ by more than five minutes.
        case expired
        /// The signature does not fit: another secret key, or a request that was changed.
        case mismatch
    }

    /// The most seconds between the request's time and the server's.
    static let tolerance: Int64 = 300

    private let credentials: Credentials
    private let service: String

    /// - Parameter service: the signing name that requests have to use, such as `lambda`. Every region is accepted.
    package init(_ credentials: Credentials, service: String) {
        self.credentials = credentials
        self.service = service
    }

    /// - Parameters:
    ///   - path: as on the wire.
    ///   - query: as on the wire, without the question mark.
    ///   - headers: names in lower case.
    package func verify(
        method: String, path: String, query: String, headers: [(name: String, value: String)], body: [UInt8],
        at now: SigningTime = .now()
    ) throws(SignatureError) {
        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        guard let text = header("authorization"), text.hasPrefix("AWS4-HMAC-SHA256 ") else { throw .missing }
        let parts = Self.parts(of: text)
        guard let credential = parts["Credential"]?.split(separator: "/", omittingEmptySubsequences: false), credential.count == 5,
            let names = parts["SignedHeaders"]?.split(separator: ";").map(String.init), let signature = parts["Signature"]
        else { throw .incomplete("the Authorization header needs Credential, SignedHeaders and Signature") }
        guard credential[0] == credentials.accessKey else { throw .unknownKey }
        guard names.contains("host"), names.contains("x-amz-date"), let time = header("x-amz-date").flatMap({ SigningTime($0) }) else {
            throw .incomplete("Host and X-Amz-Date have to be signed")
        }
        guard credential[1] == time.date, credential[3] == service, credential[4] == "aws4_request" else {
            throw .incomplete("the credential's scope has to be \(time.date)/region/\(service)/aws4_request")
        }
        guard abs(time.seconds - now.seconds) <= Self.tolerance else { throw .expired }
        let hash = Digest.sha256Hex(body)
        if let declared = header("x-amz-content-sha256"), declared != hash { throw .mismatch }
        if let unsigned = headers.first(where: { $0.name.hasPrefix("x-amz-") && !names.contains($0.name) }) {
            throw .incomplete("\(unsigned.name) has to be signed")
        }
        let signer = SigV4Signer(credentials, region: String(credential[2]), service: service)
        let canonical = CanonicalRequest(
            method: method, path: path, query: query, headers: headers, payloadHash: hash, rule: signer.pathRule, signed: Set(names))
        let toSign = "AWS4-HMAC-SHA256\n\(time.stamp)\n\(signer.scope(time))\n\(Digest.sha256Hex(Array(canonical.text.utf8)))"
        let expected = signer.signature(ofStringToSign: toSign, at: time)
        guard Digest.areEqual(Array(expected.utf8), Array(signature.utf8)) else { throw .mismatch }
    }

    /// The `name=value` pairs after the algorithm.
    private static func parts(of authorization: String) -> [String: String] {
        var parts: [String: String] = [:]
        for pair in authorization.dropFirst("AWS4-HMAC-SHA256 ".count).split(separator: ",") {
            let halves = pair.split(separator: "=", maxSplits: 1).map { CanonicalRequest.collapsed(String($0)) }
            if halves.count == 2 { parts[halves[0]] = halves[1] }
        }
        return parts
    }
}
