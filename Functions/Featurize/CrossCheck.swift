import AWS
import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Providers
import Store
import Telemetry

/// An event that compares the daily returns of two providers.
///
/// ```json
/// {"cross_check": ["yahoo", "alphavantage"], "symbols": ["AAPL"], "from": "2012-01-01", "tolerance": 0.01, "time": "2012-06-01T23:00:00Z"}
/// ```
/// An empty list of providers means the configured pair; without `symbols`, all instruments are compared. Only stored bars are compared:
/// Ingest's event `cross_check` requests the second provider's bars.
package struct CrossCheck: Codable, Sendable, Equatable {
    /// Two providers, or none.
    let providers: [String]
    var symbols: [String]?
    var from: SessionDate?
    /// The number of weeks before `time` to compare; used if `from` is absent.
    var weeks: Int?
    /// The largest difference of two log returns that is no disagreement; 0.005 if absent.
    var tolerance: Double?
    /// The id of the instrument after which the comparison continues.
    var after: String?
    /// Whether the function invokes itself for the remaining instruments.
    var continuesItself: Bool?
    let time: Instant

    private enum CodingKeys: String, CodingKey {
        case providers = "cross_check", symbols, from, weeks, tolerance, after, continuesItself = "continues_itself", time
    }
}

/// The result of a comparison.
package struct CrossCheckReport: Encodable, Sendable {
    /// The largest difference of two log returns that was no disagreement.
    let tolerance: Double
    /// The number of compared instruments.
    var instruments = 0
    /// The number of compared returns.
    var returns = 0
    /// The number of all disagreements, and the hundred largest.
    var disagreements = 0
    var largest: [SourceComparison.Disagreement] = []
    /// The event that continues with the remaining instruments; nil if none remain.
    var next: CrossCheck?
}

extension Featurize {
    /// The number of disagreements in a report.
    private static let largestDisagreements = 100

    /// Compares two providers until `end`, by default until half of the invocation's time has passed. Returns nil if no pair is given or
    /// configured.
    func compare(_ check: CrossCheck, until end: ContinuousClock.Instant? = nil, _ context: Context) async throws -> CrossCheckReport? {
        guard [0, 2].contains(check.providers.count) else { throw Failure.invalidCrossCheck }
        guard (1...5200).contains(check.weeks ?? 1) else { throw Failure.invalidWeeks(check.weeks ?? 0) }
        guard let pair = try SourcePrecedence.ProviderPair(check.providers) ?? crossCheckPair else { return nil }
        for name in [pair.first, pair.second] where !ProviderCatalog.names.contains(name) { throw UnknownOrigin.provider(name) }
        let end = end ?? .now + (context.cutOff.instant - .now) / 2
        let tolerance = check.tolerance ?? 0.005
        let from = check.from ?? check.weeks.map { check.time.utcDate.advanced(by: -7 * $0) }
        var report = CrossCheckReport(tolerance: tolerance)
        let instruments = try await instruments(of: check)
        for instrument in instruments {
            let result = try await SourceComparison(database).compare(
                instrument.id, pair, from: from, asOf: check.time, tolerance: tolerance, limit: Self.largestDisagreements)
            report.add(result, limit: Self.largestDisagreements)
            guard .now < end || report.instruments == instruments.count else {
                report.next = check
                report.next?.after = instrument.id
                break
            }
        }
        for disagreement in report.largest {
            context.logger.warning(
                "Two providers disagree on a return",
                metadata: [
                    "instrument": "\(disagreement.instrument)", "session": "\(disagreement.session)",
                    "\(pair.first)": "\(disagreement.firstReturn)", "\(pair.second)": "\(disagreement.secondReturn)",
                ])
        }
        context.logger.info(
            "Compared the returns of two providers",
            metadata: ["providers": "\(pair)", "returns": "\(report.returns)", "disagreements": "\(report.disagreements)"])
        metrics.report(
            ["ReturnsCompared": report.returns, "Disagreements": report.disagreements], milliseconds: WallClock.microseconds() / 1000)
        if check.continuesItself == true, let next = report.next {
            try await lambda.enqueue(next, to: ownFunction, deadline: context.cutOff.instant)
        }
        return report
    }

    private func instruments(of check: CrossCheck) async throws -> [Instrument] {
        let found = try await Instruments(database).find(symbols: check.symbols ?? [], asOf: check.time)
        if let unknown = check.symbols?.first(where: { found[$0] == nil }) { throw Failure.unknownSymbol(unknown) }
        return try await Instruments(database).list(of: check.symbols == nil ? nil : found.values.map(\.id), after: check.after ?? "")
    }
}

extension CrossCheckReport {
    /// Adds the result of one instrument.
    fileprivate mutating func add(_ result: SourceComparison.Result, limit: Int) {
        instruments += 1
        returns += result.returns
        disagreements += result.disagreements
        largest += result.largest
        largest.sort { abs($0.firstReturn - $0.secondReturn) > abs($1.firstReturn - $1.secondReturn) }
        largest.removeLast(max(largest.count - limit, 0))
    }
}
