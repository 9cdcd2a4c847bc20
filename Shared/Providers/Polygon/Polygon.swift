import Formats
import Market

/// The address, traits, results and pages that Polygon's (Massive's) responses share.
package enum Polygon {
    package static let name = "polygon"
    package static let baseURL = "https://api.polygon.io"
    package static let traits = ProviderTraits(
        close: .asTraded,
        actionKinds: ["splits", "dividends"], limits: ProviderLimits(perMinute: 5),
        symbols: SymbolRules(
            indexPrefix: "I:", currencies: .init(prefix: "C:", sign: ""), crypto: .init(prefix: "X:", sign: "")))

    static func request(_ url: String, key: String?) -> ProviderRequest {
        ProviderRequest(url: url, keyHeader: key.map { (name: "Authorization", value: "Bearer " + $0) })
    }

    /// The JSON body, with a list `results` that is not empty unless `mayBeEmpty`.
    static func json(of response: RawResponse, mayBeEmpty: Bool = false) throws(ProviderError) -> JSONView {
        let json = try response.json()
        guard ["OK", "DELAYED"].contains(json["status"]?.string) || json["results"] != nil else {
            throw response.malformed("no status OK")
        }
        guard let results = json["results"], !results.isNull else {
            if json["resultsCount"]?.number == 0 || json["queryCount"]?.number == 0 {
                throw ProviderError(.unknownSymbol, "no results: an unknown ticker, or nothing in the range")
            }
            throw response.malformed("no results")
        }
        guard let rows = results.elements else { throw ProviderError(.malformed, "results is no list") }
        guard !rows.isEmpty || mayBeEmpty else { throw ProviderError(.emptyRange, "nothing in the range") }
        return json
    }

    /// The address of the next page, without a key that it may carry.
    static func nextPage(_ json: JSONView, key: String?) -> String? {
        guard let url = json["next_url"]?.string, !url.isEmpty else { return nil }
        let secrets = key.map { [$0] } ?? []
        let parts = url.split(separator: "?", maxSplits: 1)
        guard parts.count == 2 else { return Redaction.redact(url, secrets: secrets) }
        let query = parts[1].split(separator: "&").filter { !$0.lowercased().hasPrefix("apikey=") }
        return Redaction.redact("\(parts[0])?\(query.joined(separator: "&"))", secrets: secrets)
    }

    /// The request for a page. Only the path and the query of its address are used, below the base address.
    static func request(page: String, baseURL: String, key: String?) -> ProviderRequest? {
        var path = page[...]
        if let scheme = page.firstRange(of: "://") {
            guard let slash = page[scheme.upperBound...].firstIndex(of: "/") else { return nil }
            path = page[slash...]
        }
        return path.first == "/" ? request(baseURL + path, key: key) : nil
    }
}
