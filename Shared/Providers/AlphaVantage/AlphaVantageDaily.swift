package import Market

/// Alpha Vantage's `TIME_SERIES_DAILY` and `TIME_SERIES_DAILY_ADJUSTED`, as JSON or CSV.
///
/// What it sends: prices as traded; the adjusted function adds each session's cash dividend and split coefficient (spin-offs
/// included, as ratios that need not be of small integers), which become corporate actions. Its adjusted close is not read.
package struct AlphaVantageDaily: DataProvider {
    package static let name = "alphavantage"

    private let baseURL: String
    private let key: String?
    private let adjusted: Bool
    package var reportsActions: Bool { adjusted }

    /// `baseURL` without a slash at its end. `key` is needed for requests and redaction, not for parsing.
    package init(baseURL: String = "https://www.alphavantage.co", key: String?, adjusted: Bool = false) {
        self.baseURL = baseURL
        self.key = key
        self.adjusted = adjusted
    }

    package var kind: String { adjusted ? "daily-adjusted" : "daily" }

    /// Asks for the last 100 rows when they reach back to `from`, else for all (which the provider may keep for paying users).
    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        let isCompact = from.map { asOf.utcDate.day - $0.day < 140 } ?? false
        let url =
            "\(baseURL)/query?function=\(adjusted ? "TIME_SERIES_DAILY_ADJUSTED" : "TIME_SERIES_DAILY")"
            + "&symbol=\(percentEncoded(symbol))&outputsize=\(isCompact ? "compact" : "full")&datatype=json"
        let secret = key.map { "&apikey=" + percentEncoded($0) } ?? ""
        return ProviderRequest(url: url + secret, storedURL: url, headers: [(name: "Accept", value: "application/json")])
    }

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { Redaction.redact(body, key: key) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderRefusal? {
        do throws(ProviderRefusal) {
            _ = try table(body, status: status, headers: headers)
            return nil
        } catch {
            return error
        }
    }

    /// The rows of either form, or why there are none. Every refusal comes as JSON with HTTP 200, even when CSV was asked for.
    func table(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)]
    ) throws(ProviderRefusal) -> AlphaVantageTable {
        let excerpt = Redaction.redact(ProviderRefusal.excerpt(body), key: key)
        if let refusal = ProviderRefusal.ofStatus(status, excerpt, headers: headers) { throw refusal }
        let start = body.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) }
        guard start == UInt8(ascii: "{") else {
            if let table = AlphaVantageTable(csv: body) { return table }
            throw ProviderRefusal(.notJSON, "HTTP \(status): \(excerpt)")
        }
        guard let json = try? JSONScanner.parse(body) else { throw ProviderRefusal(.malformed, excerpt) }
        if let table = AlphaVantageTable(json: json) { return table }
        throw refusal(json, excerpt)
    }

    private func refusal(_ json: JSONValue, _ excerpt: String) -> ProviderRefusal {
        let members = json.members ?? []
        guard let message = members.first(where: { ["Error Message", "Information", "Note"].contains($0.key) }) else {
            let isEmpty = members.allSatisfy { $0.value.members?.isEmpty ?? false }
            return isEmpty
                ? ProviderRefusal(.unknownSymbol, "an empty answer")
                : ProviderRefusal(.malformed, "no daily series: \(excerpt)")
        }
        let text = Redaction.redact(message.value.string ?? excerpt, key: key)
        return ProviderRefusal(AlphaVantageDaily.kind(of: text.lowercased(), isError: message.key == "Error Message"), text)
    }

    /// The burst text also names the daily limit and the price of more: the order of the questions matters.
    private static func kind(of text: String, isError: Bool) -> ProviderRefusal.Kind {
        if text.contains("apikey") || text.contains("demo** api key") { return .badKey }
        if isError { return .unknownSymbol }
        if text.contains("per second") { return .rateLimited(retryAfter: 2) }
        if text.contains("per minute") { return .rateLimited(retryAfter: 60) }
        if text.contains("per day") || text.contains("daily") { return .dailyQuota }
        return text.contains("premium") ? .premium : .malformed
    }
}
