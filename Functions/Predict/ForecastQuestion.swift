import Forecasting
import FoundationEssentials
import LambdaEvents
import Market
import Store

/// What a caller asks for, checked.
struct ForecastQuestion: Sendable {
    let symbol: String
    let asOf: Instant
    /// Sessions ahead; all horizons unless one is named.
    let horizons: [Int]
    let slots: [Promotions.Slot]

    /// - Throws: `ProblemDetails` that names the parameter.
    init(_ request: HTTPAPIRequest) throws(ProblemDetails) {
        let given = request.queryStringParameters ?? [:]
        let symbol = request.pathParameters?["symbol"] ?? ""
        guard (1...32).contains(symbol.utf8.count), symbol.utf8.allSatisfy({ $0 > 32 }) else { throw .unknownSymbol(symbol) }
        self.symbol = symbol
        asOf = try given["as_of"].map(Self.instant) ?? Instant(microseconds: request.requestContext.timeEpoch * 1000)
        horizons = try given["horizon"].map(Self.horizon) ?? Quantiles.horizons
        slots = try given["include"].map(Self.slots) ?? [.champion]
    }

    private static func horizon(_ text: String) throws(ProblemDetails) -> [Int] {
        guard let horizon = Int(text), Quantiles.horizons.contains(horizon) else {
            throw .invalidParameter(
                "horizon", "\"\(text)\" is no horizon; give one of \(Quantiles.horizons.map(String.init).joined(separator: ", ")).")
        }
        return [horizon]
    }

    /// An RFC 3339 instant, or a date, which means the end of that day in UTC.
    private static func instant(_ text: String) throws(ProblemDetails) -> Instant {
        if let date = SessionDate(text) { return Instant(microseconds: Instant.utcMidnight(date.advanced(by: 1)).microseconds - 1) }
        guard let instant = Instant(text) else {
            throw .invalidParameter(
                "as_of", "\"\(text)\" is neither a date such as 2013-03-01 nor an instant such as 2013-03-01T22:30:00Z.")
        }
        return instant
    }

    private static func slots(_ text: String) throws(ProblemDetails) -> [Promotions.Slot] {
        guard text == "challenger" else {
            throw .invalidParameter("include", "\"\(text)\" cannot be included; the only choice is challenger.")
        }
        return [.champion, .challenger]
    }
}
