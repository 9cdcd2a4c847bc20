/// What Polygon's answers share.
enum Polygon {
    static func request(_ url: String, key: String?) -> ProviderRequest {
        ProviderRequest(url: url, key: key.map { (name: "Authorization", value: "Bearer " + $0) })
    }

    /// The answer as a whole, with `results` that are not empty unless `mayBeEmpty`.
    static func results(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], key: String?, mayBeEmpty: Bool = false
    ) throws(ProviderError) -> JSONValue {
        let json = try JSONResponse.value(body, status: status, headers: headers, key: key, messages: ["error", "message"])
        guard ["OK", "DELAYED"].contains(json["status"]?.string) || json["results"] != nil else {
            throw ProviderError(.malformed, "no status OK: \(ProviderError.excerpt(body, key: key))")
        }
        guard let results = json["results"], !results.isNull else {
            if json["resultsCount"]?.number == 0 || json["queryCount"]?.number == 0 {
                throw ProviderError(.unknownSymbol, "no results: an unknown ticker, or nothing in the range")
            }
            throw ProviderError(.malformed, "no results: \(ProviderError.excerpt(body, key: key))")
        }
        guard let rows = results.elements else { throw ProviderError(.malformed, "results is no list") }
        guard !rows.isEmpty || mayBeEmpty else { throw ProviderError(.emptyRange, "nothing in the range") }
        return json
    }

    /// The address of the next page, without a key that it may carry.
    static func nextPage(_ json: JSONValue, key: String?) -> String? {
        guard let url = json["next_url"]?.string, !url.isEmpty else { return nil }
        let parts = url.split(separator: "?", maxSplits: 1)
        guard parts.count == 2 else { return Redaction.redact(url, key: key) }
        let query = parts[1].split(separator: "&").filter { !$0.lowercased().hasPrefix("apikey=") }
        return Redaction.redact("\(parts[0])?\(query.joined(separator: "&"))", key: key)
    }

    /// Follows a page only below the base address: its path and query count, not its host.
    static func next(_ page: String, baseURL: String, key: String?) -> ProviderRequest? {
        var path = page[...]
        if let scheme = page.range(of: "://") {
            guard let slash = page[scheme.upperBound...].firstIndex(of: "/") else { return nil }
            path = page[slash...]
        }
        return path.first == "/" ? request(baseURL + path, key: key) : nil
    }
}

extension String {
    /// The first occurrence.
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
