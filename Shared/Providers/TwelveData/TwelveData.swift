import Market

/// What Twelve Data's answers share.
enum TwelveData {
    static func request(_ url: String, key: String?) -> ProviderRequest {
        ProviderRequest(url: url, key: key.map { (name: "Authorization", value: "apikey " + $0) })
    }

    /// Errors come with HTTP 200 or with the status that the body names: the body decides.
    static func value(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], key: String?
    ) throws(ProviderError) -> JSONValue {
        let json = try JSONResponse.value(body, status: status, headers: headers, key: key, messages: [])
        try check(json, status: status, headers: headers, key: key)
        return json
    }

    static func check(
        _ json: JSONValue, status: Int, headers: [(name: String, value: String)], key: String?
    ) throws(ProviderError) {
        guard json["status"]?.string == "error" || (json["code"]?.number ?? 0) >= 400 else { return }
        throw ProviderError.of(
            json["message"]?.string ?? "an error without a message", status: JSONResponse.code(json) ?? status, headers: headers, key: key)
    }
}
