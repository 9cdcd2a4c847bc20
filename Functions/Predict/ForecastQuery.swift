import Forecasting
import Formats
import FoundationEssentials
import LambdaEvents
import LambdaRuntime
import Market

/// The validated parameters of a forecast request.
struct ForecastQuery: Sendable {
    let symbol: String
    let asOf: Instant
    /// The queried horizons; all without the parameter.
    let horizons: [Int]
    /// Whether the response contains other families' forecasts beside the champion's.
    let includesOthers: Bool
    /// Whether each forecast comes with an explanation.
    let isExplained: Bool

    /// - Throws: `ProblemDetails` with the name of the invalid parameter.
    init(_ request: HTTPAPIRequest) throws(ProblemDetails) {
        try request.checkParameters()
        let given = request.queryStringParameters ?? [:]
        let symbol = request.pathParameters?["symbol"] ?? ""
        guard (1...32).contains(symbol.utf8.count), symbol.utf8.allSatisfy({ $0 > 32 }) else { throw .unknownSymbol(symbol) }
        self.symbol = symbol
        let now =
            request.requestContext.timeEpoch.flatMap { Instant(epochMilliseconds: $0) }
            ?? Instant(microseconds: WallClock.microseconds())
        asOf = try given["as_of"].map { text throws(ProblemDetails) in try Self.instant(text, now: now) } ?? now
        horizons = try given["horizon"].map(Self.horizon) ?? Quantiles.horizons
        includesOthers = try given["include"].map(Self.others) ?? false
        isExplained = try given["explain"].map(Self.explain) ?? false
    }

    private static func horizon(_ text: String) throws(ProblemDetails) -> [Int] {
        guard let horizon = Int(text), Quantiles.horizons.contains(horizon) else {
            throw .invalidParameter(
                "horizon", "\"\(text)\" is no horizon; give one of \(Quantiles.horizons.map(String.init).joined(separator: ", ")).")
        }
        return [horizon]
    }

    private static func instant(_ text: String, now: Instant) throws(ProblemDetails) -> Instant {
        guard let instant = Instant(asOf: text, now: now) else { throw .unreadableAsOf(text) }
        guard instant <= now else { throw .futureAsOf(text, now: "\(now)") }
        return instant
    }

    private static func explain(_ text: String) throws(ProblemDetails) -> Bool {
        guard text == "true" || text == "false" else {
            throw .invalidParameter("explain", "\"\(text)\" is no choice; give true or false.")
        }
        return text == "true"
    }

    private static func others(_ text: String) throws(ProblemDetails) -> Bool {
        guard text == "challenger" else {
            throw .invalidParameter("include", "\"\(text)\" cannot be included; the only choice is challenger.")
        }
        return true
    }
}
