import Formats
import Market

/// The address, traits and response forms that Alpha Vantage's functions share. Errors arrive as JSON with HTTP 200, even where CSV was
/// requested.
package enum AlphaVantage {
    package static let name = "alphavantage"
    package static let baseURL = "https://www.alphavantage.co"
    package static let traits = ProviderTraits(
        close: .asTraded, actionKinds: ["splits", "dividends"],
        limits: ProviderLimits(perSecond: 1, perDay: 25),
        symbols: SymbolRules(
            classSign: "-",
            suffixes: [
                "XLON": ".LON", "XETR": ".DEX", "XFRA": ".FRK", "XTSE": ".TRT", "XTSX": ".TRV", "XBOM": ".BSE", "XSHG": ".SHH",
                "XSHE": ".SHZ", "XHKG": ".HKG", "BVMF": ".SAO",
            ], lacks: [.index]))

    /// The request of a query without its key, such as `function=GLOBAL_QUOTE&symbol=IBM`.
    static func request(_ baseURL: String, _ query: String, key: String?) -> ProviderRequest {
        ProviderRequest(url: "\(baseURL)/query?\(query)", keyQuery: key.map { (name: "apikey", value: $0) })
    }

    enum Body {
        case json(JSONView)
        case csv(CSVTable)
    }

    /// The body in either form.
    static func body(of response: RawResponse) throws(ProviderError) -> Body {
        if let error = response.statusError(response.excerpt) { throw error }
        let first = response.firstByte
        guard first == UInt8(ascii: "{") else {
            if first != UInt8(ascii: "<"), !isProse(response.body), let table = try response.csvTable() { return .csv(table) }
            throw ProviderError(ProviderErrorText.kind(ofPage: response.excerpt), "HTTP \(response.status): \(response.excerpt)")
        }
        guard let json = try JSONView(response: response.body, limit: response.limit) else {
            throw ProviderError(.malformed, response.excerpt)
        }
        return .json(json)
    }

    /// Whether the first line is a sentence, with more blanks than commas, and not a header.
    private static func isProse(_ body: [UInt8]) -> Bool {
        let line = body.drop { $0 == 10 || $0 == 13 }.prefix { $0 != 10 && $0 != 13 }
        return line.count { $0 == 32 } > line.count { $0 == UInt8(ascii: ",") }
    }

    /// The error in a JSON body that has no data. A `Note` may also accompany data, so look for the data first.
    static func error(_ json: JSONView, in response: RawResponse) -> ProviderError {
        guard let message = json.members?.first(where: { ["Error Message", "Information", "Note"].contains($0.key) }) else {
            let isEmpty = json.members?.allSatisfy { $0.value.members?.isEmpty ?? $0.value.elements?.isEmpty ?? false } ?? true
            let names = json.members?.prefix(10).map(\.key).joined(separator: ", ") ?? ""
            return isEmpty
                ? ProviderError(.unknownSymbol, "an empty response")
                : ProviderError(.malformed, response.redacted("not the requested data: \(names)"))
        }
        let text = message.value.string ?? ""
        if message.key == "Error Message" {
            return ProviderError(text.lowercased().contains("apikey") ? .badKey : .unknownSymbol, response.redacted(text))
        }
        return RawResponse([], secrets: response.secrets).error(text)
    }
}
