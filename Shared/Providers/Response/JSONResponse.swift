/// The first look at a JSON answer, the same for every provider: what is no JSON, and what only refuses.
enum JSONResponse {
    /// The parsed body of an answer with status 2xx that may hold data.
    ///
    /// - Throws: the refusal that the status, a page or a message member says. `messages` are the members that hold a refusal's words.
    static func value(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], key: String?, messages: [String]
    ) throws(ProviderError) -> JSONValue {
        let excerpt = ProviderError.excerpt(body, key: key)
        guard let json = try? JSONScanner.parse(body) else {
            if let refusal = ProviderError.ofStatus(status, excerpt, headers: headers) { throw refusal }
            let first = body.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                throw ProviderError(.malformed, "the JSON is damaged or cut off: \(excerpt)")
            }
            throw ProviderError(ProviderErrorText.kind(ofPage: excerpt), "HTTP \(status): \(excerpt)")
        }
        if let text = messages.lazy.compactMap({ json[$0]?.string }).first {
            throw ProviderError.of(text, status: code(json) ?? status, headers: headers, key: key)
        }
        if !(200..<300).contains(status) { throw ProviderError.of(excerpt, status: status, headers: headers, key: key) }
        return json
    }

    /// The status that a body states for itself, where it looks like one of HTTP.
    static func code(_ json: JSONValue) -> Int? {
        json["code"]?.number.flatMap { (400..<600).contains($0) ? Int($0) : nil }
    }
}
