package import Market

/// Yahoo Finance's chart v8 (unofficial), daily bars with their splits, dividends and funds' capital gains.
///
/// What it sends: prices and volumes adjusted for every split known when it answers, dividends not taken out of `close`. What `parse`
/// returns: as traded, by the splits of the same answer. So an answer must reach up to the present of the asker: of a range that ends
/// before a later split, the figures could not be brought back.
package struct YahooChart: DataProvider {
    package static let name = "yahoo"
    package let kind = "chart-1d"

    private let baseURL: String
    private let userAgent: String

    /// `baseURL` without a slash at its end. Clients that do not look like a browser are refused at once, hence `userAgent`.
    package init(baseURL: String = "https://query1.finance.yahoo.com", userAgent: String = "Mozilla/5.0 (X11; Linux x86_64)") {
        self.baseURL = baseURL
        self.userAgent = userAgent
    }

    package static let traits = ProviderTraits(
        close: .splitAdjusted, order: .oldestFirst, stamp: .sessionOpen, key: .none,
        suggested: ProviderLimits(perMinute: 30, concurrency: 4))

    package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
        request(symbol: symbol, from: from, asOf: asOf, interval: "1d")
    }

    func request(symbol: String, from: SessionDate?, asOf: Instant, interval: String) -> ProviderRequest {
        // A session opens up to eleven hours ahead of its date's UTC midnight, but no bar of the date before stands within these four.
        let start = from.map { Instant.utcMidnight($0).adding(seconds: -4 * 3600).seconds } ?? YahooChart.beginning
        let url =
            "\(baseURL)/v8/finance/chart/\(percentEncoded(symbol))?period1=\(start)&period2=\(asOf.seconds)&interval=\(interval)"
            + "&events=div%7Csplit%7CcapitalGains&includePrePost=false"
        return ProviderRequest(
            url: url, storedURL: url, headers: [(name: "User-Agent", value: userAgent), (name: "Accept", value: "application/json")])
    }

    /// 1900-01-01.
    private static let beginning: Int64 = -2_208_988_800

    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) { (body, false) }

    package func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError? {
        do throws(ProviderError) {
            _ = try YahooChart.result(body, status: status, headers: headers)
            return nil
        } catch {
            return error
        }
    }

    /// `chart.result[0]` of an answer that has dated rows, or why it has none.
    static func result(
        _ body: [UInt8], status: Int, headers: [(name: String, value: String)], granularity isWanted: (String) -> Bool = { $0 == "1d" }
    ) throws(ProviderError) -> JSONValue {
        let excerpt = ProviderError.excerpt(body)
        guard let json = try? JSONScanner.parse(body), json.members != nil else {
            if let refusal = ProviderError.ofStatus(status, excerpt, headers: headers) { throw refusal }
            let looksLikeJSON = body.first { ![9, 10, 13, 32].contains($0) } == UInt8(ascii: "{")
            throw ProviderError(looksLikeJSON ? .malformed : ProviderErrorText.kind(ofPage: excerpt), "HTTP \(status): \(excerpt)")
        }
        let error = json["chart"]?["error"] ?? json["finance"]?["error"]
        if let error, !error.isNull {
            throw refusal(code: error["code"]?.string ?? "", error["description"]?.string ?? excerpt, status, headers)
        }
        if let refusal = ProviderError.ofStatus(status, excerpt, headers: headers) { throw refusal }
        guard (200..<300).contains(status) else { throw ProviderError(.malformed, "HTTP \(status): \(excerpt)") }
        guard let result = json["chart"]?["result"]?.first else { throw ProviderError(.malformed, "no chart.result: \(excerpt)") }
        guard let stamps = result["timestamp"]?.numbers, !stamps.isEmpty else { throw withoutRows(result) }
        if let granularity = result["meta"]?["dataGranularity"]?.string, !isWanted(granularity) {
            throw ProviderError(.malformed, "bars of \(granularity), which were not asked for")
        }
        return result
    }

    private static func refusal(
        code: String, _ description: String, _ status: Int, _ headers: [(name: String, value: String)]
    ) -> ProviderError {
        let text = "\(code): \(description)"
        if description.contains("Data doesn't exist") || code == "Unprocessable Entity" { return ProviderError(.emptyRange, text) }
        if code == "Not Found" || status == 404 { return ProviderError(.unknownSymbol, text) }
        if code == "Unauthorized" { return ProviderError(.badKey, text) }
        return ProviderError.ofStatus(status, text, headers: headers) ?? ProviderError(.malformed, text)
    }

    /// An answer without time stamps: nothing traded, delisted, or values that cannot be dated.
    private static func withoutRows(_ result: JSONValue) -> ProviderError {
        let meta = result["meta"]
        let values = result["indicators"]?["quote"]?.first?.members?.compactMap { $0.value.numbers?.count }.max() ?? 0
        if values > 0 { return ProviderError(.malformed, "\(values) rows without a time stamp") }
        if meta?["exchangeName"]?.string == "YHD" || meta?["currency"]?.isNull == true {
            return ProviderError(.unknownSymbol, "no data: delisted or never traded")
        }
        return ProviderError(.emptyRange, "nothing traded in the range")
    }
}
