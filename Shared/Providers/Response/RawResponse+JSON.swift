package import Formats

extension RawResponse {
    /// The JSON body of a response with status 2xx and without an error message.
    ///
    /// - Parameter errorMembers: top-level members whose text is the provider's error message. Messages in other members, or in objects, are
    ///   the caller's to read: `throw response.error(text)`.
    /// - Throws: the error that the message, the text of a page or the status means, by the phrases in `ProviderErrorText` (`delisted`,
    ///   `premium`, `dailyQuota` …). Otherwise:
    ///   - 404 with JSON: `unknownSymbol`
    ///   - 429: `rateLimited` with the seconds of `Retry-After`
    ///   - 401 and 403: `badKey`
    ///   - 408 and 5xx: `serverError`
    ///   - 3xx: `blocked`
    ///   - a page of HTML or plain text: `unexpectedPage`
    ///   - damaged JSON, JSON beyond the limits of the kind, or another status: `malformed`
    package func json(errorMembers: [String] = ["error", "message"]) throws(ProviderError) -> JSONView {
        guard let json = try JSONView(response: body, limit: limit) else {
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
    static func statedStatus(_ json: JSONView) -> Int? {
        json["code"]?.number.flatMap { (400..<600).contains($0) ? Int(checked: $0) : nil }
    }
}
