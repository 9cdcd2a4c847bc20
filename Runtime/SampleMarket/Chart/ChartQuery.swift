import Formats
import Market

/// The parameters of one chart request. Times are Unix seconds; the range is half-open.
package struct ChartQuery: Sendable, Hashable {
    package var from: Int64
    package var to: Int64
    package var interval: String
    package var dividends: Bool
    package var splits: Bool

    package init(from: Int64, to: Int64, interval: String = "1d", dividends: Bool = true, splits: Bool = true) {
        self.from = from
        self.to = to
        self.interval = interval
        self.dividends = dividends
        self.splits = splits
    }

    /// Reads `period1`, `period2`, `interval` and `events` (`div|split` or `div,splits`). Without `period2` the range has no end.
    /// Returns nil when a time is not a number, or far from any market (about the year 5138).
    init?(_ parameter: (String) -> String?) {
        func time(_ name: String, _ absent: Int64) -> Int64? { parameter(name).map { Int64($0) } ?? absent }
        guard let from = time("period1", 0), let to = time("period2", 4_102_444_800), Instant(epochSeconds: Double(from)) != nil,
            Instant(epochSeconds: Double(to)) != nil
        else { return nil }
        let events = parameter("events") ?? ""
        self.init(
            from: from, to: to, interval: parameter("interval") ?? "1d", dividends: events.contains("div"), splits: events.contains("split")
        )
    }
}

/// A response of the sample market.
package struct ChartResponse: Sendable, Hashable {
    package var status: Int
    /// JSON.
    package var body: String

    /// - Parameter body: writes the members of `chart`.
    init(status: Int, _ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object {
            $0.key("chart")
            $0.object(body)
        }
        self.status = status
        self.body = String(decoding: json.bytes, as: UTF8.self)
    }

    /// An error in Yahoo's form.
    static func error(_ status: Int, _ code: String, _ description: String) -> ChartResponse {
        ChartResponse(status: status) { json in
            json.key("result")
            json.null()
            json.key("error")
            json.object { json in
                json.key("code")
                json.string(code)
                json.key("description")
                json.string(description)
            }
        }
    }
}
