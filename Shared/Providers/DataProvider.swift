import Formats
package import Market

/// One kind of response of a data provider: builds its requests and parses its responses. Pure in both, so that an archived response can be
/// parsed again.
///
/// A provider with several kinds of responses (daily bars, intraday bars, splits …) has a conforming type for each; `ProviderCatalog` lists
/// them. A whole provider of daily bars, which `Tests/ProvidersTests/ToyDaily.swift` holds and tests:
///
/// ```swift
/// package import Formats
/// package import Market
///
/// /// Toy's daily prices, as traded, with the splits and dividends of the range:
/// ///
/// /// ```json
/// /// {"currency": "GBp",
/// ///  "prices": [{"date": "2012-01-03", "open": 10, "high": 11, "low": 9, "close": 10.5, "volume": 100}],
/// ///  "splits": [{"date": "2012-01-03", "new": 2, "old": 1}],
/// ///  "dividends": [{"date": "2012-01-04", "amount": 12.5}]}
/// /// ```
/// package struct ToyDaily: DataProvider {
///     package static let name = "toy"
///     package static let traits = ProviderTraits(
///         close: .asTraded, limits: ProviderLimits(perMinute: 30, perDay: 500), symbols: SymbolRules(suffixes: ["XLON": ".L"]))
///     package let kind = "daily"
///     package let bringsOwnActions = true
///     package let key: String?
///     private let baseURL: String
///
///     package init(baseURL: String? = nil, key: String?) {
///         self.baseURL = baseURL ?? "https://api.toy.example"
///         self.key = key
///     }
///
///     package func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest {
///         let start = from ?? SessionDate(year: 1990, month: 1, day: 2)
///         return ProviderRequest(
///             url: "\(baseURL)/prices?symbol=\(PercentEncoding.encode(symbol))&from=\(start)&to=\(asOf.utcDate)",
///             keyHeader: key.map { (name: "X-Toy-Key", value: $0) })
///     }
///
///     package func payload(of response: RawResponse) throws(ProviderError) -> JSONView {
///         let json = try response.json()
///         guard let prices = json["prices"]?.elements else { throw response.malformed("no list of prices") }
///         guard !prices.isEmpty else { throw ProviderError(.emptyRange, "no prices in the range") }
///         return json
///     }
///
///     package func parse(_ json: JSONView, calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse {
///         let unit = CurrencyUnit(label: json["currency"]?.string)
///         let (prices, splits) = (json["prices"]?.elements ?? [], json["splits"]?.elements ?? [])
///         var bars = DailyBarCollector(calendar: calendar)
///         for (ordinal, row) in prices.enumerated() {
///             let date = row["date"]?.string ?? ""
///             bars.addDaily(
///                 BarFields(row, .full), stamp: date, session: SessionDate(date), ordinal: ordinal, asOf: asOf, zone: calendar?.zone,
///                 unit: unit)
///         }
///         var actions = ActionCollector(unit: unit)
///         for (index, row) in splits.enumerated() {
///             actions.addSplit(
///                 prices.count + index, date: row["date"]?.string, numerator: row["new"]?.number, denominator: row["old"]?.number)
///         }
///         for (index, row) in (json["dividends"]?.elements ?? []).enumerated() {
///             actions.addDividend(prices.count + splits.count + index, date: row["date"]?.string, amount: row["amount"]?.number)
///         }
///         return bars.parsedResponse(actions: actions, currency: unit.code)
///     }
/// }
/// ```
///
/// Its entry in `ProviderCatalog`:
///
/// ```swift
/// Entry(ToyDaily.name, ToyDaily.traits) { ToyDaily(baseURL: $0.baseURL, key: $0.key) },
/// ```
package protocol DataProvider: Sendable {
    /// The data of a response between reading and parsing, such as a JSON value or a table.
    associatedtype Payload: Sendable

    /// The provider's name in object keys and table rows; it never changes.
    static var name: String { get }

    /// The kind of response, the part of the object key after the name; it never changes.
    var kind: String { get }

    /// The API key; nil without one. `request` puts it into a header or into the address, see `ProviderRequest`.
    ///
    /// Ingest gets the keys from the secret that the template's `ProviderSecretArn` names, or from `PROVIDER_API_KEY`: one key, which is the
    /// first provider's, or a JSON object of keys by provider. On one machine, `BELLWETHER_PROVIDER_KEY` sets `PROVIDER_API_KEY`. The
    /// other functions parse without a key. It is removed, in each form in which a response may repeat it, from every text and body that
    /// is stored or logged.
    var key: String? { get }

    /// The parts of `key` to remove, each at least four characters long; the whole key by default.
    var secrets: [String] { get }

    /// Whether the corporate actions in this kind of response are the ones that apply to the provider's bars.
    ///
    /// - true: only they apply, even if the response lists splits alone: no other provider's dividend is then applied to the bars. An
    ///   action known from an earlier response is removed when a later response has bars around its ex-date and does not list it.
    /// - false: the response has no actions. The provider's bars are adjusted by the actions in its other kinds of responses (`actionKinds`
    ///   of its traits), or else by those of the next provider in the source precedence. Actions that `parse` returns nevertheless are
    ///   dropped and flagged (`unused-actions`).
    var bringsOwnActions: Bool { get }

    /// The largest response that is read: `.bars`, unless the kind is `.actions` or a `.quote`.
    var responseLimit: ResponseLimit { get }

    /// Whether a response may be the first of several pages. False by default.
    var hasPages: Bool { get }

    /// The request for the sessions from a date up to and including `asOf.utcDate`.
    ///
    /// - Parameters:
    ///   - symbol: in the provider's spelling, not percent-encoded.
    ///   - from: nil for all of history. Send the provider's first date then, or leave the parameter out if that means all of history.
    ///   - asOf: the time of the request.
    func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest

    /// The request for the page after a response with `nextPage`; nil when the provider has no pages.
    func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest?

    /// The data of a response. `RawResponse.json(errorMembers:)` and `table()` read the body and throw the usual errors.
    ///
    /// - Throws: why the response has no data: `malformed` for another form than requested, `emptyRange` for an empty list, and what else
    ///   the provider says in a way of its own.
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
    package var responseLimit: ResponseLimit { .bars }
    package var hasPages: Bool { false }
    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? { nil }

    /// Why a response has no data; nil when it has data. A response without data is not archived for parsing.
    package func error(
        in body: [UInt8], status: Int = 200, headers: [(name: String, value: String)] = []
    ) -> ProviderError? {
        do throws(ProviderError) {
            _ = try decode(body, status: status, headers: headers)
            return nil
        } catch {
            return error
        }
    }

    /// Reads a response's data once: it is decoded here, and parsed by the result.
    ///
    /// - Throws: why the response has no data, without the API key.
    package func decode(
        _ body: [UInt8], status: Int = 200, headers: [(name: String, value: String)] = []
    ) throws(ProviderError) -> DecodedResponse {
        do throws(ProviderError) {
            try responseLimit.check(body)
            let payload = try payload(of: RawResponse(body, status: status, headers: headers, secrets: secrets, limit: responseLimit))
            return DecodedResponse { calendar, asOf throws(ProviderError) in
                let parsed: ParsedResponse
                do throws(ProviderError) { parsed = try parse(payload, calendar: calendar, asOf: asOf) } catch {
                    throw error.redacted(secrets)
                }
                return bringsOwnActions ? parsed : parsed.withoutActions(of: "\(name)/\(kind)")
            }
        } catch {
            throw error.redacted(secrets)
        }
    }

    /// Reads and parses a response. Actions of a kind without `bringsOwnActions` are dropped and flagged.
    package func parse(
        _ body: [UInt8], status: Int = 200, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse {
        try decode(body, status: status).parse(calendar, asOf)
    }

    /// The body without the API key, and whether the provider had echoed it.
    package func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool) {
        secrets.isEmpty ? (body, false) : Redaction.redact(body, secrets: secrets)
    }

    /// A text of the response, such as the value of a header, without the API key.
    package func redacted(_ text: String) -> String { secrets.isEmpty ? text : Redaction.redact(text, secrets: secrets) }
}

/// A response whose body has been decoded.
package struct DecodedResponse: Sendable {
    /// Parses the data. The calendar has the exchange's sessions; nil skips the session rule. The instant is the time of the request.
    package let parse: @Sendable (_ calendar: TradingCalendar?, _ asOf: Instant) throws(ProviderError) -> ParsedResponse
}
