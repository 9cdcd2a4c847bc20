import Formats
package import HTTP

/// Signature Version 4 over HTTP requests: in the `Authorization` header or in the query (presigned).
package struct SigV4Signer: Sendable {
    /// The body's part of the signed text.
    package enum Payload: Sendable, Hashable {
        /// The SHA-256 of the request's body.
        case hashed
        /// The text `UNSIGNED-PAYLOAD`: the body is not signed.
        case unsigned
        /// A `STREAMING-…` marker, or a hash that was computed before.
        case marker(String)
    }

    /// Whether the session token of temporary credentials is signed, or added after signing.
    package enum TokenPlacement: Sendable, Hashable { case signed, afterSigning }

    package let credentials: Credentials
    package let region: String
    package let service: String
    package var pathRule: PathRule
    /// Adds `x-amz-content-sha256` and signs it; S3 requires it.
    package var addsContentHash: Bool
    package var tokenPlacement = TokenPlacement.signed

    /// - Parameter service: the signing name, such as `s3`, `lambda`, `rds-db`, `execute-api`.
    package init(_ credentials: Credentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
        pathRule = service == "s3" ? .once : .twice(normalised: true)
        addsContentHash = service == "s3"
    }

    /// Signs in the headers: adds `X-Amz-Date`, the token, `x-amz-content-sha256` where configured, and `Authorization`.
    ///
    /// `Host` is signed as the URL has it unless the request brings its own.
    package func sign(_ request: HTTPRequest, payload: Payload = .hashed, at time: SigningTime) throws(AWSError) -> SignedRequest {
        let address = try Self.address(request)
        let hash = self.hash(payload, request)
        var headers = request.headers.filter { !Self.ownHeaders.contains($0.name.lowercased()) }
        headers.append(("X-Amz-Date", time.stamp))
        if addsContentHash { headers.append(("x-amz-content-sha256", hash)) }
        if tokenPlacement == .signed, let token = credentials.sessionToken { headers.append(("X-Amz-Security-Token", token)) }
        let canonical = CanonicalRequest(
            method: request.method, path: address.path, query: address.query ?? "", headers: withHost(headers, address),
            payloadHash: hash, rule: pathRule)
        let (toSign, signature) = signature(of: canonical, at: time)
        let key = "Credential=\(credentials.accessKey)/\(scope(time))"
        let value = "AWS4-HMAC-SHA256 \(key), SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
        headers.append(("Authorization", value))
        if tokenPlacement == .afterSigning, let token = credentials.sessionToken { headers.append(("X-Amz-Security-Token", token)) }
        var signed = request
        signed.headers = headers
        return SignedRequest(request: signed, canonicalRequest: canonical, stringToSign: toSign, signature: signature)
    }

    /// Signs in the query. All headers of the request are signed and must be sent with the URL.
    ///
    /// - Parameters:
    ///   - expires: seconds; at most seven days.
    ///   - payload: `nil` means `UNSIGNED-PAYLOAD` for S3 and the body's hash for others.
    package func presign(
        _ request: HTTPRequest, expires: Int, payload: Payload? = nil, at time: SigningTime
    ) throws(AWSError) -> SignedRequest {
        guard (1...604_800).contains(expires) else { throw AWSError(.invalidRequest, "a presigned URL lives 1 to 604800 seconds") }
        let address = try Self.address(request)
        let headers = withHost(request.headers.filter { !Self.ownHeaders.contains($0.name.lowercased()) }, address)
        let names = Set(headers.map { $0.name.lowercased() }).subtracting(CanonicalRequest.unsigned).sorted().joined(separator: ";")
        var parameters = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "\(credentials.accessKey)/\(scope(time))"),
            ("X-Amz-Date", time.stamp), ("X-Amz-Expires", "\(expires)"), ("X-Amz-SignedHeaders", names),
        ]
        let token = credentials.sessionToken.map { ("X-Amz-Security-Token", $0) }
        if tokenPlacement == .signed, let token { parameters.append(token) }
        let added = parameters.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        var query = [address.query ?? "", added].filter { !$0.isEmpty }.joined(separator: "&")
        let hash = self.hash(payload ?? (service == "s3" ? .unsigned : .hashed), request)
        let canonical = CanonicalRequest(
            method: request.method, path: address.path, query: query, headers: headers, payloadHash: hash, rule: pathRule)
        let (toSign, signature) = signature(of: canonical, at: time)
        if tokenPlacement == .afterSigning, let token { query += "&\(token.0)=\(PercentEncoding.encode(token.1))" }
        var signed = request
        signed.url = "\(address.origin)\(address.path)?\(query)&X-Amz-Signature=\(signature)"
        return SignedRequest(request: signed, canonicalRequest: canonical, stringToSign: toSign, signature: signature)
    }

    /// `date/region/service/aws4_request`.
    package func scope(_ time: SigningTime) -> String { "\(time.date)/\(region)/\(service)/aws4_request" }

    /// HMAC of a string to sign under the key of this day, region and service, in hexadecimal.
    package func signature(ofStringToSign text: String, at time: SigningTime) -> String {
        let day = Digest.hmacSHA256(key: Array("AWS4\(credentials.secretKey)".utf8), time.date)
        let key = [region, service, "aws4_request"].reduce(day) { Digest.hmacSHA256(key: $0, $1) }
        return Digest.hex(Digest.hmacSHA256(key: key, text))
    }

    private static let ownHeaders: Set<String> = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "authorization"]

    private static func address(_ request: HTTPRequest) throws(AWSError) -> WebAddress {
        guard let address = WebAddress(request.url) else { throw AWSError(.invalidRequest, "the URL is not an absolute http or https URL") }
        return address
    }

    private func withHost(_ headers: [(name: String, value: String)], _ address: WebAddress) -> [(name: String, value: String)] {
        headers.contains { $0.name.equalsIgnoringASCIICase("Host") } ? headers : headers + [("Host", address.authority)]
    }

    private func hash(_ payload: Payload, _ request: HTTPRequest) -> String {
        switch payload {
        case .hashed: Digest.sha256Hex(request.body ?? [])
        case .unsigned: "UNSIGNED-PAYLOAD"
        case .marker(let text): text
        }
    }

    private func signature(of canonical: CanonicalRequest, at time: SigningTime) -> (toSign: String, signature: String) {
        let toSign = "AWS4-HMAC-SHA256\n\(time.stamp)\n\(scope(time))\n\(Digest.sha256Hex(Array(canonical.text.utf8)))"
        return (toSign, signature(ofStringToSign: toSign, at: time))
    }
}

/// A signed request with every text on the way to its signature.
package struct SignedRequest: Sendable {
    package let request: HTTPRequest
    package let canonicalRequest: CanonicalRequest
    package let stringToSign: String
    /// Hexadecimal.
    package let signature: String
}
