import FoundationEssentials

/// A function's response to an HTTP API, payload format 2.0.
package struct HTTPAPIResponse: Codable, Hashable, Sendable {
    package var statusCode: Int
    package var headers: [String: String]
    /// `Set-Cookie` values, one for each cookie.
    package var cookies: [String]?
    package var body: String?
    package var isBase64Encoded: Bool

    package init(
        statusCode: Int, headers: [String: String] = [:], cookies: [String]? = nil, body: String? = nil, isBase64Encoded: Bool = false
    ) {
        self.statusCode = statusCode
        self.headers = headers
        self.cookies = cookies
        self.body = body
        self.isBase64Encoded = isBase64Encoded
    }

    /// Bytes that may be no text travel as base64.
    package init(statusCode: Int, headers: [String: String] = [:], bytes: [UInt8]) {
        self.init(statusCode: statusCode, headers: headers, body: Base64.encode(bytes), isBase64Encoded: true)
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        statusCode = try values.decode(Int.self, forKey: .statusCode)
        headers = try values.decodeIfPresent([String: HeaderValue].self, forKey: .headers)?.mapValues(\.text) ?? [:]
        cookies = try values.decodeIfPresent([String].self, forKey: .cookies)
        body = try values.decodeIfPresent(String.self, forKey: .body)
        isBase64Encoded = try values.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) ?? false
    }

    /// What an HTTP API makes of any function's output: JSON without a `statusCode` is the body of a 200.
    package static func inferred(from output: [UInt8]) -> HTTPAPIResponse {
        if let response = try? HTTPAPIResponse(reading: output) { return response }
        let data = Data(output)
        if let response = try? JSONDecoder().decode(HTTPAPIResponse.self, from: data) { return response }
        let text = (try? JSONDecoder().decode(String.self, from: data)) ?? String(decoding: output, as: UTF8.self)
        return HTTPAPIResponse(statusCode: 200, headers: ["content-type": "application/json"], body: text)
    }

    /// The body's bytes; `nil` when they should be base64 and are not.
    package var bodyBytes: [UInt8]? {
        guard let body else { return [] }
        return isBase64Encoded ? Base64.decode(body) : Array(body.utf8)
    }
}

/// Header values may come as text, numbers or booleans.
private struct HeaderValue: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let string = try? value.decode(String.self) {
            text = string
        } else if let bool = try? value.decode(Bool.self) {
            text = String(bool)
        } else if let whole = try? value.decode(Int.self) {
            text = String(whole)
        } else {
            text = String(try value.decode(Double.self))
        }
    }
}

/// Base64 of bodies that are not text.
enum Base64 {
    static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
