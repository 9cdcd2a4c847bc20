import AWS
import HTTPServer

/// Decides which requests the API port handles.
///
/// Any web page can send requests to a port of this machine, and a host name that its owner points at 127.0.0.1 makes the responses
/// readable. AWS's clients sign every request, so a signature is required; a browser has no key.
struct RequestGuard: Sendable {
    private let verifier: SigV4Verifier

    init(_ credentials: Credentials) { verifier = SigV4Verifier(credentials, service: "lambda") }

    /// Nil when the body of the request may be read. The signature covers the body, so only its presence is checked.
    func refusal(ofHead request: ServerRequest, _ authentication: ControlRoute.Authentication) -> LambdaAPIError? {
        guard request.isForLoopback, !request.mayComeFromWebPage else {
            return .forbidden("AccessDeniedException", "Requests of web pages and for other hosts are not served.")
        }
        return authentication == .signature && request.header("authorization") == nil ? .refused(.missing) : nil
    }

    /// Nil when the request may be handled.
    func refusal(of request: ServerRequest, _ authentication: ControlRoute.Authentication) -> LambdaAPIError? {
        if let refusal = refusal(ofHead: request, authentication) { return refusal }
        guard authentication == .signature else { return nil }
        do throws(SigV4Verifier.SignatureError) {
            try verifier.verify(
                method: request.method, path: request.path, query: request.query, headers: request.headers, body: request.body)
            return nil
        } catch {
            return .refused(error)
        }
    }
}

extension ServerRequest {
    /// Whether the request names this machine; only browsers are misled by another name, and they always send one.
    var isForLoopback: Bool {
        guard let host = header("host") else { return true }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        return ["127.0.0.1", "localhost", "[::1]"].contains(name.lowercased())
    }

    /// Whether a browser sent the request: headers that scripts can neither set nor leave out.
    var mayComeFromWebPage: Bool {
        headers.contains { name, value in
            name == "origin" || name == "referer" || name.hasPrefix("sec-fetch-") || name == "user-agent" && value.hasPrefix("Mozilla/")
        }
    }
}

extension LambdaAPIError {
    static func forbidden(_ type: String, _ message: String) -> Self { Self(status: 403, type: type, message: message) }

    /// The error of AWS for a signature that does not hold.
    static func refused(_ error: SigV4Verifier.SignatureError) -> Self {
        switch error {
        case .missing: .forbidden("MissingAuthenticationTokenException", "Missing Authentication Token")
        case .incomplete(let reason): .forbidden("IncompleteSignatureException", reason)
        case .unknownKey:
            .forbidden(
                "UnrecognizedClientException",
                "The security token included in the request is invalid: `bellwether environment` prints the keys of this machine's stack.")
        case .expired: .forbidden("InvalidSignatureException", "Signature expired: the request's time differs by more than five minutes.")
        case .mismatch:
            .forbidden(
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
                    + "signing method.")
        }
    }
}
