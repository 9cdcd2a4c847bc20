import Market
import Postgres
import Store
import TestSupport

extension SessionDate: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text)! }
}

extension Instant: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text)! }
}

let apple = Instrument(id: "XNAS:AAPL", symbol: "AAPL", exchange: "XNAS", currency: "USD", name: "Apple")

func bar(_ session: SessionDate, _ close: Double) -> Bar {
    Bar(session: session, open: Price(close)!, high: Price(close + 1)!, low: Price(close - 1)!, close: Price(close)!, volume: 1e6)
}

func answer(_ knownAt: Instant, sha256: String = "aa", fetchedAt: Instant? = nil, instrument: String = apple.id) -> ProviderResponse {
    ProviderResponse(
        key: "raw/yahoo/daily/\(instrument)/\(knownAt)/\(sha256).0", instrument: instrument, provider: "yahoo", kind: "daily",
        knownAt: knownAt,
        fetchedAt: fetchedAt ?? knownAt.adding(seconds: 1), sha256: sha256)
}

/// 21:15 UTC of the session's day.
@Sendable func closed(_ session: SessionDate) -> Instant { Instant.utcMidnight(session).adding(seconds: 76_500) }

extension Bars {
    /// Inserts bars without rule violations.
    @discardableResult
    func insert(
        _ bars: [Bar], from response: ProviderResponse, currency: String, available: (SessionDate) -> Instant
    ) async throws(PostgresError) -> [SessionDate] {
        try await insert(bars.map { ValidatedBar($0) }, from: response, currency: currency, available: available).stored
    }
}

/// What Ingest knows before a request, on a day of 2012.
func requestBasis(
    of instrument: String, _ provider: String, on day: SessionDate = "2012-01-10", asOf instant: Instant, _ database: Database
) async throws -> RequestBasis {
    try await RequestBasis(database, of: instrument, provider: provider, on: day, asOf: instant, kinds: ["daily"])
}

func providerSymbol(
    of instrument: String, _ provider: String, on day: SessionDate, asOf instant: Instant, _ database: Database
) async throws -> Symbols.ProviderSymbol? {
    try await requestBasis(of: instrument, provider, on: day, asOf: instant, database).symbol
}
