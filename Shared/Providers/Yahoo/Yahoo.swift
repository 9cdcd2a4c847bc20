import Formats
import Market

/// The address, traits and chart results that Yahoo Finance's responses share.
package enum Yahoo {
    package static let name = "yahoo"
    package static let baseURL = "https://query1.finance.yahoo.com"
    package static let traits = ProviderTraits(
        close: .splitAdjusted, limits: ProviderLimits(perMinute: 30, concurrency: 4),
        symbols: SymbolRules(
            classSign: "-", suffixes: suffixes, currencies: .init(sign: "", suffix: "=X"), crypto: .init(sign: "-")))

    /// The suffix of a symbol by the MIC of its exchange; Finnhub uses the same ones.
    static let suffixes = [
        "XLON": ".L", "XETR": ".DE", "XFRA": ".F", "XDUS": ".DU", "XSTU": ".SG", "XHAM": ".HM", "XMUN": ".MU", "XBER": ".BE",
        "XRIS": ".RG", "XTAL": ".TL", "XLIT": ".VS", "XPAR": ".PA", "XAMS": ".AS", "XBRU": ".BR", "XLIS": ".LS", "XMIL": ".MI",
        "XMAD": ".MC", "XSWX": ".SW", "XWBO": ".VI", "XSTO": ".ST", "XCSE": ".CO", "XHEL": ".HE", "XOSL": ".OL", "XICE": ".IC",
        "XDUB": ".IR", "XWAR": ".WA", "XPRA": ".PR", "XBUD": ".BD", "ASEX": ".AT", "XIST": ".IS", "XTAE": ".TA", "XJSE": ".JO",
        "XSAU": ".SR", "XTKS": ".T", "XHKG": ".HK", "XSHG": ".SS", "XSHE": ".SZ", "XKRX": ".KS", "XKOS": ".KQ", "XTAI": ".TW",
        "XSES": ".SI", "XBKK": ".BK", "XIDX": ".JK", "XKLS": ".KL", "XPHS": ".PS", "XNSE": ".NS", "XBOM": ".BO", "XASX": ".AX",
        "XNZE": ".NZ", "XTSE": ".TO", "XTSX": ".V", "BVMF": ".SA", "XMEX": ".MX", "XBUE": ".BA", "XSGO": ".SN",
    ]

    /// Requests the chart of a symbol from a date on (nil: all of history). Yahoo rejects clients that do not look like a browser.
    static func request(_ baseURL: String, symbol: String, from: SessionDate?, asOf: Instant, interval: String) -> ProviderRequest {
        // A session opens up to eleven hours before midnight UTC of its date, but no bar of the date before lies within these four hours.
        let start = from.map { Instant.utcMidnight($0).adding(seconds: -4 * 3600).seconds } ?? beginning
        let url =
            "\(baseURL)/v8/finance/chart/\(PercentEncoding.encode(symbol))?period1=\(start)&period2=\(asOf.seconds)&interval=\(interval)"
            + "&events=div%7Csplit%7CcapitalGains&includePrePost=false"
        return ProviderRequest(
            url: url, storedURL: url, headers: [(name: "User-Agent", value: userAgent), (name: "Accept", value: "application/json")])
    }

    private static let userAgent = "Mozilla/5.0 (X11; Linux x86_64)"

    /// 1900-01-01.
    private static let beginning: Int64 = -2_208_988_800

    /// The member `chart.result[0]` of a response, with time stamps and the wanted granularity.
    static func chart(in response: RawResponse, granularity isWanted: (String) -> Bool) throws(ProviderError) -> JSONView {
        guard let json = try JSONView(response: response.body, limit: response.limit), json.members != nil else {
            if let error = response.statusError(response.excerpt) { throw error }
            let kind = response.firstByte == UInt8(ascii: "{") ? .malformed : ProviderErrorText.kind(ofPage: response.excerpt)
            throw ProviderError(kind, "HTTP \(response.status): \(response.excerpt)")
        }
        let error = json["chart"]?["error"] ?? json["finance"]?["error"]
        if let error, !error.isNull {
            throw self.error(code: error["code"]?.string ?? "", error["description"]?.string ?? response.excerpt, response)
        }
        if let error = response.statusError(response.excerpt) { throw error }
        guard (200..<300).contains(response.status) else { throw response.malformed("HTTP \(response.status)") }
        guard let result = json["chart"]?["result"]?.first else { throw response.malformed("no chart.result") }
        guard let stamps = result["timestamp"]?.numbers, !stamps.isEmpty else { throw errorWithoutRows(result) }
        for (name, limit) in [("splits", 1000), ("dividends", 5000), ("capitalGains", 5000)]
        where result["events"]?[name]?.members?.count ?? 0 > limit {
            throw ProviderError(.malformed, "more than \(limit) \(name)")
        }
        if let granularity = result["meta"]?["dataGranularity"]?.string, !isWanted(granularity) {
            throw ProviderError(.malformed, "bars of \(granularity), which were not requested")
        }
        return result
    }

    private static func error(code: String, _ description: String, _ response: RawResponse) -> ProviderError {
        let text = "\(code): \(description)"
        if description.contains("Data doesn't exist") || code == "Unprocessable Entity" { return ProviderError(.emptyRange, text) }
        if code == "Not Found" || response.status == 404 { return ProviderError(.unknownSymbol, text) }
        if code == "Unauthorized" { return ProviderError(.badKey, text) }
        return response.statusError(text) ?? ProviderError(.malformed, text)
    }

    /// The error of a chart without time stamps: nothing traded, delisted, or rows without a date.
    private static func errorWithoutRows(_ chart: JSONView) -> ProviderError {
        let meta = chart["meta"]
        let values = chart["indicators"]?["quote"]?.first?.members?.compactMap { $0.value.numbers?.count }.max() ?? 0
        if values > 0 { return ProviderError(.malformed, "\(values) rows without a time stamp") }
        if meta?["exchangeName"]?.string == "YHD" || meta?["currency"]?.isNull == true {
            return ProviderError(.unknownSymbol, "no data: delisted or never traded")
        }
        return ProviderError(.emptyRange, "nothing traded in the range")
    }

    /// The columns open, high, low, close and volume of a chart; NaN stands for null.
    static func columns(of chart: JSONView) -> [[Double]] {
        let quote = chart["indicators"]?["quote"]?.first
        return ["open", "high", "low", "close", "volume"].map { quote?[$0]?.numbers ?? [] }
    }

    /// The time zone for the dates of a chart's rows, and a flagged row if it is not the zone in the chart.
    ///
    /// An unknown zone is replaced by the calendar's zone, or else by the offset on the day of the response. The offset may be an hour off
    /// after a clock change, but the dates stay right.
    static func zone(of chart: JSONView, _ calendar: TradingCalendar?) throws(ProviderError) -> (zone: MarketTimeZone, flag: FlaggedRow?) {
        let meta = chart["meta"]
        let name = meta?["exchangeTimezoneName"]?.string
        if let calendar, name == nil || name == calendar.zone.name { return (calendar.zone, nil) }
        if let zone = name.flatMap({ MarketTimeZone($0) }) { return (zone, nil) }
        let offset = meta?["gmtoffset"]?.number.flatMap { abs($0) <= 64_800 ? Int(checked: $0) : nil }
        guard let zone = calendar?.zone ?? offset.map({ MarketTimeZone(name: name ?? "", offset: $0) }) else {
            throw ProviderError(.malformed, "unknown time zone \(name ?? "(none)"), and no offset beside it")
        }
        let used = calendar == nil ? "its offset" : zone.name
        let repair = Repair(field: .offset, before: .nan, after: Double(offset ?? zone.offset(at: Instant(seconds: 0))))
        return (
            zone,
            FlaggedRow(
                ordinal: 0, session: nil, rule: ValidationRuleName.unknownZone,
                detail: "\(name ?? "no zone") is not known: read by \(used)",
                text: "\(name ?? ""),\(offset.map { "\($0)" } ?? "")", repairs: [repair])
        )
    }
}

extension [Double] {
    /// The element at an index; nil past the end and for NaN, which stands for null.
    func value(_ index: Int) -> Double? { index < count && !self[index].isNaN ? self[index] : nil }
}

extension BarFields {
    /// The fields of a row of the columns open, high, low, close and volume.
    init(_ columns: [[Double]], _ row: Int) {
        self.init(
            open: columns[0].value(row), high: columns[1].value(row), low: columns[2].value(row), close: columns[3].value(row),
            volume: columns[4].value(row))
    }
}
