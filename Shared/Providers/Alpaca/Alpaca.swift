/// What Alpaca's answers share.
enum Alpaca {
    /// `key` is `ID:SECRET`.
    static func request(_ url: String, key: String?) -> ProviderRequest {
        let parts = (key ?? "").split(separator: ":", maxSplits: 1).map { String($0) }
        var headers = [(name: "Accept", value: "application/json")]
        if parts.count == 2 {
            headers += [(name: "APCA-API-KEY-ID", value: parts[0]), (name: "APCA-API-SECRET-KEY", value: parts[1])]
        }
        return ProviderRequest(url: url, storedURL: url, headers: headers)
    }

    static func redacted(_ body: [UInt8], key: String?) -> (body: [UInt8], changed: Bool) {
        (key ?? "").split(separator: ":", maxSplits: 1).reduce((body: body, changed: false)) { result, part in
            let (body, changed) = Redaction.redact(result.body, key: String(part))
            return (body, result.changed || changed)
        }
    }

    /// 403 stands for bad credentials as well as for what the plan leaves out: the words decide.
    static func value(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], key: String?
    ) throws(ProviderError) -> JSONValue {
        try JSONResponse.value(redacted(body, key: key).body, status: status, headers: headers, key: nil, messages: ["message", "error"])
    }
}
