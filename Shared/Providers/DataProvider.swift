package import Market

/// One source of daily bars: builds its requests and reads its answers, pure in both, so that a kept answer can be read again.
///
/// Symbols are in the provider's own spelling; the caller maps instruments to them.
package protocol DataProvider: Sendable {
    /// Stored in object keys and rows; never changes.
    static var name: String { get }

    /// The kind of answer, the part of the object key after the name.
    var kind: String { get }

    /// Whether its answers name the splits and dividends of their range, so that one that is missing is none.
    var reportsActions: Bool { get }

    /// Asks for the sessions from a date on (nil: all there are) up to the instant.
    func request(symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest

    /// Why the answer holds no data, or nil when it does. What is refused is not worth keeping as raw data.
    func classify(status: Int, body: [UInt8], headers: [(name: String, value: String)]) -> ProviderError?

    /// Reads an answer. Rows that break a rule are in `rejected`, the others count; `calendar` nil leaves the session rules out.
    /// `asOf` is the instant of the request: sessions that had not closed by then are provisional.
    func parse(
        _ body: [UInt8], status: Int, contentType: String?, calendar: TradingCalendar?, asOf: Instant
    ) throws(ProviderError) -> ParsedResponse

    /// Whether an answer may be the first of several pages, which come in the order of the rows in them.
    var hasPages: Bool { get }

    /// The request for the page that follows an answer with a `nextPage`; nil when the provider has no pages.
    func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest?

    /// The body with every echo of the API key removed, and whether there was one.
    func redacted(_ body: [UInt8]) -> (body: [UInt8], changed: Bool)
}

extension DataProvider {
    package var name: String { Self.name }
    package var reportsActions: Bool { true }
    package var hasPages: Bool { false }
    package func nextRequest(after page: String, symbol: String, from: SessionDate?, asOf: Instant) -> ProviderRequest? { nil }

    /// The refusal that reading throws.
    func refusal(_ read: () throws(ProviderError) -> Void) -> ProviderError? {
        do throws(ProviderError) {
            try read()
            return nil
        } catch {
            return error
        }
    }
}
