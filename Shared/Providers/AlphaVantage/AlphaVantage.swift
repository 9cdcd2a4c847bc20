import Market

/// What the functions of Alpha Vantage share: one address, and refusals that come as JSON with HTTP 200 even when CSV was asked for.
enum AlphaVantage {
    static let traits = ProviderTraits(
        close: .asTraded, order: .newestFirst, stamp: .exchangeDate, key: .query("apikey"),
        actionKinds: ["splits", "dividends"], suggested: ProviderLimits(perSecond: 1, perDay: 25))

    /// `query` without the key, such as `function=GLOBAL_QUOTE&symbol=IBM`.
    static func request(_ baseURL: String, _ query: String, key: String?) -> ProviderRequest {
        let url = "\(baseURL)/query?\(query)"
        let secret = key.map { "&apikey=" + percentEncoded($0) } ?? ""
        return ProviderRequest(url: url + secret, storedURL: url, headers: [(name: "Accept", value: "application/json")])
    }

    enum Body {
        case json(JSONValue)
        case csv(CSVTable)
    }

    /// Either form, or why there is no data.
    static func body(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], key: String?
    ) throws(ProviderError) -> Body {
        let excerpt = ProviderError.excerpt(body, key: key)
        if let refusal = ProviderError.ofStatus(status, excerpt, headers: headers) { throw refusal }
        let start = body.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
        guard start == UInt8(ascii: "{") else {
            if start != UInt8(ascii: "<"), !isProse(body), let table = CSVTable(body) { return .csv(table) }
            throw ProviderError(ProviderErrorText.kind(ofPage: excerpt), "HTTP \(status): \(excerpt)")
        }
        guard let json = try? JSONScanner.parse(body) else { throw ProviderError(.malformed, excerpt) }
        return .json(json)
    }

    /// Whether the first line is a sentence, which may have commas, and no header: more of its words stand behind blanks than behind commas.
    private static func isProse(_ body: [UInt8]) -> Bool {
        let line = body.drop { $0 == 10 || $0 == 13 }.prefix { $0 != 10 && $0 != 13 }
        return line.count { $0 == 32 } > line.count { $0 == UInt8(ascii: ",") }
    }

    /// Why a JSON answer has no data. `Note` and its like may stand beside data, so this is the last question.
    static func refusal(_ json: JSONValue, key: String?) -> ProviderError {
        let members = json.members ?? []
        guard let message = members.first(where: { ["Error Message", "Information", "Note"].contains($0.key) }) else {
            let isEmpty = members.allSatisfy { $0.value.members?.isEmpty ?? $0.value.elements?.isEmpty ?? false }
            return isEmpty
                ? ProviderError(.unknownSymbol, "an empty answer")
                : ProviderError(
                    .malformed, Redaction.redact("another answer than asked for: \(members.map(\.key).joined(separator: ", "))", key: key))
        }
        let text = Redaction.redact(message.value.string ?? "", key: key)
        if message.key == "Error Message" {
            return ProviderError(text.lowercased().contains("apikey") ? .badKey : .unknownSymbol, text)
        }
        return ProviderError.of(text, status: 200, headers: [], key: key)
    }

    /// The value of the member whose label, its number aside, is the one given (lower case).
    static func field(_ row: JSONValue, _ label: String) -> JSONValue? {
        row.members?.first { AlphaVantageTable.label($0.key) == label }?.value
    }
}
