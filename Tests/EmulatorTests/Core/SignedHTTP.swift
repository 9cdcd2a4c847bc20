import AWS
import Foundation
import HTTP

@testable import Emulator

/// Signed requests to the API port of a stack.
struct SignedHTTP: Sendable {
    let port: Int
    var credentials = FunctionFolder.credentials

    /// - Parameter more: further headers. AWS's are signed too.
    func call(_ method: String, _ target: String, body: String = "", more: [(String, String)] = []) async throws -> PlainHTTP.Response {
        let own = more.filter { $0.0.lowercased().hasPrefix("x-amz-") }
        let request = HTTPRequest(
            method, "http://127.0.0.1:\(port)\(target)", headers: own.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
        let signed = try SigV4Signer(credentials, region: "us-east-1", service: "lambda").sign(request, at: .now()).request
        return try await PlainHTTP(port: port).call(
            method, target, headers: signed.headers.map { ($0.name, $0.value) } + more.filter { !$0.0.lowercased().hasPrefix("x-amz-") },
            body: Array(body.utf8))
    }
}

extension EmulatedStack {
    /// Signed requests to the API port.
    var signed: SignedHTTP { SignedHTTP(port: apiPort) }
}
