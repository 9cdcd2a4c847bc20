import Formats
import Market

/// The address, traits, key and errors that Alpaca's responses share.
package enum Alpaca {
    package static let name = "alpaca"
    package static let baseURL = "https://data.alpaca.markets"
    package static let traits = ProviderTraits(
        close: .asTraded,
        actionKinds: ["corporate-actions"], limits: ProviderLimits(perMinute: 200, concurrency: 4),
        symbols: SymbolRules(lacks: [.index, .currencies, .crypto]))

    /// The id and the secret in a key of the form `ID:SECRET`.
    static func secrets(of key: String?) -> [String] { (key ?? "").split(separator: ":", maxSplits: 1).map { String($0) } }

    static func request(_ url: String, key: String?) -> ProviderRequest {
        let parts = secrets(of: key)
        var headers = [(name: "Accept", value: "application/json")]
        if parts.count == 2 {
            headers += [(name: "APCA-API-KEY-ID", value: parts[0]), (name: "APCA-API-SECRET-KEY", value: parts[1])]
        }
        return ProviderRequest(url: url, storedURL: url, headers: headers)
    }

    /// The JSON body. Status 403 means a wrong key as well as data outside the plan: the message decides.
    static func json(of response: RawResponse) throws(ProviderError) -> JSONView {
        try response.json(errorMembers: ["message", "error"])
    }
}
