import Formats
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
        return ChartResponse(status: 200) { json in
            json.key("result")
            json.list { json in
                json.object { json in
                    json.key("meta")
                    meta(first: first, last: last, previous: start > 0 ? adjusted.rows[start - 1] : nil, &json)
                    if !rows.isEmpty {
                        json.key("timestamp")
                        json.list(rows) { $0.number($1.opens) }
                    }
                    write(events, &json)
                    json.key("indicators")
                    indicators(rows, &json)
                }
            }
            json.key("error")
            json.null()
        }
    }

    private func meta(first: AdjustedSeries.Row, last: AdjustedSeries.Row, previous: AdjustedSeries.Row?, _ json: inout JSONWriter) {
        let zone = hours.calendar.zone
        let offset = zone.offset(at: Instant(seconds: query.to))
        let clock = offset == -4 * 3600 ? "EDT" : "EST"
        let today = zone.localDate(at: Instant(seconds: query.to))
        let session = hours.calendar.isSession(today) ? today : hours.calendar.next(after: today) ?? today
        let (open, close) = (hours.opens(session), hours.closes(session))
        let instrument = series.instrument
        json.object { json in
            json.member("currency", instrument.currency)
            json.member("symbol", instrument.symbol)
            json.member("exchangeName", instrument.exchange == "XNYS" ? "NYQ" : "NMS")
            json.member("fullExchangeName", instrument.exchange == "XNYS" ? "NYSE" : "NasdaqGS")
            json.member("instrumentType", "EQUITY")
            json.member("firstTradeDate", first.opens)
            json.member("regularMarketTime", hours.closes(zone.localDate(at: Instant(seconds: last.opens))))
            json.key("hasPrePostMarketData")
            json.bool(true)
            json.member("gmtoffset", offset)
            json.member("timezone", clock)
            json.member("exchangeTimezoneName", zone.name)
            json.key("regularMarketPrice")
            json.price(last.close)
            json.member("longName", instrument.name)
            json.key("chartPreviousClose")
            if let previous { json.price(previous.close) } else { json.null() }
            json.member("priceHint", 2)
            json.key("currentTradingPeriod")
            json.object { json in
                for (name, start, end) in [("pre", open - 19_800, open), ("regular", open, close), ("post", close, close + 14_400)] {
                    json.key(name)
                    json.object { json in
                        json.member("timezone", clock)
                        json.member("start", start)
                        json.member("end", end)
                        json.member("gmtoffset", offset)
                    }
                }
            }
            json.member("dataGranularity", "1d")
            json.member("range", "")
            json.key("validRanges")
            json.list(["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"]) { $0.string($1) }
        }
    }

    /// Writes the member `events`, if there are events of the kinds that were asked for.
    private func write(_ events: [AdjustedSeries.Event], _ json: inout JSONWriter) {
        let isSplit = { (event: AdjustedSeries.Event) in if case .split = event.kind { true } else { false } }
        let kinds = [
            (name: "dividends", events: query.dividends ? events.filter { !isSplit($0) } : []),
            (name: "splits", events: query.splits ? events.filter(isSplit) : []),
        ].filter { !$0.events.isEmpty }
        guard !kinds.isEmpty else { return }
        json.key("events")
        json.object { json in
            for kind in kinds {
                json.key(kind.name)
                json.object { json in
                    for event in kind.events {
                        json.key("\(event.opens)")
                        json.object { write(event, &$0) }
                    }
                }
            }
        }
    }

    private func write(_ event: AdjustedSeries.Event, _ json: inout JSONWriter) {
        switch event.kind {
        case .dividend(let amount):
            json.member("amount", amount.double / event.laterShares)
            json.member("date", event.opens)
        case .split(let numerator, let denominator):
            json.member("date", event.opens)
            json.member("numerator", numerator)
            json.member("denominator", denominator)
            json.member("splitRatio", "\(wholeOrDecimal(numerator)):\(wholeOrDecimal(denominator))")
        }
    }

    private func wholeOrDecimal(_ value: Double) -> String { Int64(exactly: value).map { "\($0)" } ?? "\(value)" }

    private func indicators(_ rows: ArraySlice<AdjustedSeries.Row>, _ json: inout JSONWriter) {
        func column(_ name: StaticString, _ value: KeyPath<AdjustedSeries.Row, Double>, _ json: inout JSONWriter) {
            json.key(name)
            json.list(rows) { $0.price($1[keyPath: value]) }
        }
        json.object { json in
            json.key("quote")
            json.list { json in
                json.object { json in
                    guard !rows.isEmpty else { return }
                    column("open", \.open, &json)
                    column("high", \.high, &json)
                    column("low", \.low, &json)
                    column("close", \.close, &json)
                    json.key("volume")
                    json.list(rows) { $0.number($1.volume) }
                }
            }
            json.key("adjclose")
            json.list { json in
                json.object { json in
                    if !rows.isEmpty { column("adjclose", \.adjustedClose, &json) }
                }
            }
        }
    }
}

extension JSONWriter {
    /// A price as Yahoo prints it: single precision, written out in double.
    fileprivate mutating func price(_ value: Double) { number(Double(Float(value))) }
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
