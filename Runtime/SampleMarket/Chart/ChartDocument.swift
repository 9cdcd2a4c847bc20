import Market

/// Makes the chart v8 document of one query, as Yahoo would have responded at the query's end.
struct ChartDocument {
    let series: SampleSeries
    let query: ChartQuery
    let hours: SessionHours

    /// Status 200 with rows or, on a weekend, without rows; 400 when the range is empty or before the first session.
    func response() -> ChartResponse {
        guard query.interval == "1d" else {
            return .error(400, "Bad Request", "Invalid input - interval=\(query.interval) is not supported. Valid intervals: [1d]")
        }
        let adjusted = AdjustedSeries(series, hours: hours, moment: query.to)
        guard query.from < query.to, let last = adjusted.rows.last, let first = adjusted.rows.first else {
            return .error(400, "Bad Request", "Data doesn't exist for startDate = \(query.from), endDate = \(query.to)")
        }
        let start = adjusted.rows.partitioningIndex { $0.opens >= query.from }
        let rows = adjusted.rows[start...]
        let events = adjusted.events.filter { $0.opens >= query.from }
        var parts = ["\"meta\":" + meta(first: first, last: last, previous: start > 0 ? adjusted.rows[start - 1] : nil)]
        if !rows.isEmpty { parts.append("\"timestamp\":" + ChartJSON.list(rows.map { "\($0.opens)" })) }
        if let text = eventText(events) { parts.append("\"events\":" + text) }
        parts.append("\"indicators\":" + indicators(rows))
        return ChartResponse(status: 200, body: #"{"chart":{"result":[{"# + parts.joined(separator: ",") + #"}],"error":null}}"#)
    }

    private func meta(first: AdjustedSeries.Row, last: AdjustedSeries.Row, previous: AdjustedSeries.Row?) -> String {
        let zone = hours.calendar.zone
        let offset = zone.offset(at: Instant(seconds: query.to))
        let clock = offset == -4 * 3600 ? "EDT" : "EST"
        let today = zone.localDate(at: Instant(seconds: query.to))
        let session = hours.calendar.isSession(today) ? today : hours.calendar.next(after: today) ?? today
        let (open, close) = (hours.opens(session), hours.closes(session))
        func period(_ name: String, _ start: Int64, _ end: Int64) -> String {
            #""\#(name)":{"timezone":"\#(clock)","start":\#(start),"end":\#(end),"gmtoffset":\#(offset)}"#
        }
        let instrument = series.instrument
        let fields = [
            #""currency":\#(ChartJSON.quoted(instrument.currency))"#, #""symbol":\#(ChartJSON.quoted(instrument.symbol))"#,
            #""exchangeName":"\#(instrument.exchange == "XNYS" ? "NYQ" : "NMS")""#,
            #""fullExchangeName":"\#(instrument.exchange == "XNYS" ? "NYSE" : "NasdaqGS")""#, #""instrumentType":"EQUITY""#,
            #""firstTradeDate":\#(first.opens)"#,
            #""regularMarketTime":\#(hours.closes(zone.localDate(at: Instant(seconds: last.opens))))"#,
            #""hasPrePostMarketData":true"#, #""gmtoffset":\#(offset)"#, #""timezone":"\#(clock)""#,
            #""exchangeTimezoneName":"\#(zone.name)""#, #""regularMarketPrice":\#(ChartJSON.price(last.close))"#,
            #""longName":\#(ChartJSON.quoted(instrument.name))"#,
            #""chartPreviousClose":\#(previous.map { ChartJSON.price($0.close) } ?? "null")"#, #""priceHint":2"#,
            #""currentTradingPeriod":{"#
                + [
                    period("pre", open - 19_800, open), period("regular", open, close), period("post", close, close + 14_400),
                ].joined(separator: ",") + "}",
            #""dataGranularity":"1d""#, #""range":"""#, #""validRanges":["1d","5d","1mo","3mo","6mo","1y","2y","5y","10y","ytd","max"]"#,
        ]
        return "{" + fields.joined(separator: ",") + "}"
    }

    private func eventText(_ events: [AdjustedSeries.Event]) -> String? {
        var dividends: [String] = []
        var splits: [String] = []
        for event in events {
            switch event.kind {
            case .dividend(let amount):
                dividends.append(
                    #""\#(event.opens)":{"amount":\#(ChartJSON.number(amount.double / event.laterShares)),"date":\#(event.opens)}"#)
            case .split(let numerator, let denominator):
                let (new, old) = (ChartJSON.number(numerator), ChartJSON.number(denominator))
                splits.append(
                    #""\#(event.opens)":{"date":\#(event.opens),"numerator":\#(new),"denominator":\#(old),"splitRatio":"\#(new):\#(old)"}"#)
            }
        }
        var kinds: [String] = []
        if query.dividends, !dividends.isEmpty { kinds.append(#""dividends":{"# + dividends.joined(separator: ",") + "}") }
        if query.splits, !splits.isEmpty { kinds.append(#""splits":{"# + splits.joined(separator: ",") + "}") }
        return kinds.isEmpty ? nil : "{" + kinds.joined(separator: ",") + "}"
    }

    private func indicators(_ rows: ArraySlice<AdjustedSeries.Row>) -> String {
        guard !rows.isEmpty else { return #"{"quote":[{}],"adjclose":[{}]}"# }
        func column(_ name: String, _ text: (AdjustedSeries.Row) -> String) -> String { "\"\(name)\":" + ChartJSON.list(rows.map(text)) }
        let quote = [
            column("open") { ChartJSON.price($0.open) }, column("high") { ChartJSON.price($0.high) },
            column("low") { ChartJSON.price($0.low) }, column("close") { ChartJSON.price($0.close) },
            column("volume") { ChartJSON.number($0.volume) },
        ]
        let adjusted = column("adjclose") { ChartJSON.price($0.adjustedClose) }
        return #"{"quote":[{"# + quote.joined(separator: ",") + #"}],"adjclose":[{"# + adjusted + "}]}"
    }
}

extension Array {
    /// The first index at which a predicate is true, if it is true for all later elements too.
    fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
