import Formats
import Market

/// The address, traits and errors that Twelve Data's responses share.
package enum TwelveData {
    package static let name = "twelvedata"
    package static let baseURL = "https://api.twelvedata.com"
    package static let traits = ProviderTraits(
        close: .splitAdjusted,
        limits: ProviderLimits(perMinute: 8, perDay: 800),
        symbols: SymbolRules(
            suffixes: [
                "XLON": ":LSE", "XETR": ":XETR", "XPAR": ":Euronext", "XTKS": ":JPX", "XNSE": ":NSE", "XBOM": ":BSE", "XTSE": ":TSX",
                "XASX": ":ASX", "XHKG": ":HKEX",
            ], indexPrefix: ""))

    static func request(_ url: String, key: String?) -> ProviderRequest {
        ProviderRequest(url: url, keyHeader: key.map { (name: "Authorization", value: "apikey " + $0) })
    }

    /// The JSON body. Errors come with HTTP 200 or with the status in the body; the body decides.
    static func json(of response: RawResponse) throws(ProviderError) -> JSONView {
        let json = try response.json(errorMembers: [])
        try check(json, in: response)
        return json
    }

    static func check(_ json: JSONView, in response: RawResponse) throws(ProviderError) {
        guard json["status"]?.string == "error" || (json["code"]?.number ?? 0) >= 400 else { return }
        throw response.error(
            json["message"]?.string ?? "an error without a message", status: RawResponse.statedStatus(json) ?? response.status)
    }
}
