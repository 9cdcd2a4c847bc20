import Formats
package import Market

/// One kind of response of a data provider: builds its requests and parses its responses. Pure in both, so that an archived response can be
/// parsed again.
///
/// A provider with several kinds of responses (daily bars, intraday bars, splits …) has a conforming type for each; `ProviderCatalog` lists
/// them. The least that a provider of daily bars needs:
///
/// ```swift
/// package import Formats
/// package import Market
///
/// /// Toy's daily prices: `[{"date": "2012-01-03", "open": 10, "high": 11, "low": 9, "close": 10.5, "volume": 100}]`, as traded.
/// package struct ToyDaily: DataProvider {
///     package static let name = "toy"
///     package static let traits = ProviderTraits(close: .asTraded)
///     package let kind = "daily"
///     package let reportsActions = false
///     package let baseURL: String
///
///     package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
///         ProviderRequest(url: "\(baseURL)/prices?symbol=\(PercentEncoding.encode(symbol))")
///     }
///
///     package func payload(of response: RawResponse) throws(ProviderError) -> [JSONValue] {
///         guard let rows = try response.json().elements else { throw response.malformed("no list of rows") }
///         return rows
///     }
///
///     package func parse(_ rows: [JSONValue], calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
///         var bars = DailyBarCollector(calendar: calendar)
///         for (ordinal, row) in rows.enumerated() {
///             let date = row["date"]?.string ?? ""
///             bars.addDaily(
///                 BarFields(row, .full), stamp: date, session: SessionDate(date), ordinal: ordinal, asOf: asOf, zone: calendar?.zone)
///         }
///         return bars.parsedResponse(currency: "USD")
///     }
/// }
/// ```
///
/// Its row in `ProviderCatalog`:
///
/// ```swift
/// Entry(ToyDaily.name, ToyDaily.traits) { _, url, _ in ToyDaily(baseURL: url ?? "https://toy.example") },
/// ```
package protocol DataProvider: Sendable {
    /// The data of a response between reading and parsing, such as a JSON value or a table.
    associatedtype Payload

    /// The provider's name in object keys and table rows; it never changes.
    static var name: String { get }

    /// The kind of response, the part of the object key after the name; it never changes.
    var kind: String { get }

    /// The API key; nil without one. It is removed from every text and body that is stored or logged.
    var key: String? { get }

    /// The parts of `key` to remove, each at least four characters long; the whole key by default.
    var secrets: [String] { get }

    /// Whether a response lists all splits and dividends of its range, so that a missing one did not happen. True by default.
    var reportsActions: Bool { get }

    /// Whether a response may be the first of several pages. False by default.
    var hasPages: Bool { get }

    /// The request for the sessions from a date (nil: all of history) up to the instant. `symbol` is in the provider's spelling.
    func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest

    /// The request for the page after a response with `nextPage`; nil when the provider has no pages.
    func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest?

    /// The data of a response.
    ///
    /// - Throws: why the response has no data, such as an unknown symbol or a rate limit.
    func payload(of response: RawResponse) throws(ProviderError) -> Payload

    /// Parses the data of a response. Rows that break a rule are flagged, the other rows are used.
    ///
    /// - Parameters:
    ///   - calendar: the exchange's sessions; nil skips the session rule.
    ///   - asOf: the time of the request. Sessions that had not closed by then are provisional.
    func parse(_ payload: Payload, calendar: TradingCalendar?, asOf: Instant) throws(ProviderError) -> ParsedResponse
}

extension DataProvider {
    package var name: String { Self.name }
    package var key: String? { nil }
    package var secrets: [String] { key.map { [$0] } ?? [] }
    package var reportsActions: Bool { true }
    package var hasPages: Bool { false }
    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? { nil }

    /// Why a response has no data; nil when it has data. A response without data is not archived for parsing.
    package func error(
        in body: [UInt8], status: Int = 200, headers: [(name: String, value: String)] = []
    ) -> ProviderError? {
        do throws(ProviderError) {
            _ = try payload(of: RawResponse(body, status: status, headers: headers, secrets: secrets))
            return nil
        } catch {
            return error
        }
    }

    /// Reads and parses a response.
    package func parse(
        _ body: [UInt8], status: Int = 200, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        try parse(payload(of: RawResponse(body, status: status, secrets: secrets)), calendar: calendar, asOf: asOf)
    }

    /// The body without the API key, and whether the provider had echoed it.
    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) {
        secrets.isEmpty ? (body, false) : Redaction.redact(body, secrets: secrets)
    }
}
