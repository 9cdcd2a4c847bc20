package import Formats

extension RawResponse {
    /// The JSON body of a response with status 2xx.
    ///
    /// - Parameter errorMembers: top-level members whose text is the provider's error message.
    /// - Throws: the error that the status, a page or a message means; `malformed` for damaged JSON.
    package func json(errorMembers: [String] = ["error", "message"]) throws(ProviderError) -> JSONValue {
        guard let json = try? JSONValue(response: body) else {
            if let error = statusError(excerpt) { throw error }
            if firstByte == UInt8(ascii: "{") || firstByte == UInt8(ascii: "[") { throw malformed("the JSON is damaged or cut off") }
            throw ProviderError(ProviderErrorText.kind(ofPage: excerpt), "HTTP \(status): \(excerpt)")
        }
        if let text = errorMembers.lazy.compactMap({ json[$0]?.string }).first {
            throw error(text, status: RawResponse.statedStatus(json))
        }
        if !(200..<300).contains(status) { throw error(excerpt) }
        return json
    }

    /// The HTTP status that a body states in its member `code`; nil without one.
    static func statedStatus(_ json: JSONValue) -> Int? {
        json["code"]?.number.flatMap { (400..<600).contains($0) ? Int($0) : nil }
    }
}
