import AWS
import FoundationEssentials
import LambdaRuntime
import Logging
import Market
import Providers
import Store
import Telemetry

/// Holds two providers against each other.
///
/// ```json
/// {"crossCheck": ["yahoo", "alphavantage"], "symbols": ["AAPL"], "from": "2012-01-01", "tolerance": 0.01, "time": "2012-06-01T23:00:00Z"}
/// ```
/// Without names it is about the configured pair, without `symbols` about all instruments. What an invocation has no time for is the
/// report's `next`, or, with `goOn`, the event of an invocation of its own. Ingest's `crossCheck` gets the second one's responses.
package struct CrossCheck: Codable, Sendable, Equatable {
    /// Two names, or none.
    let crossCheck: [String]
    var symbols: [String]?
    var from: SessionDate?
    /// In place of `from`: so many weeks before `time`.
    var weeks: Int?
    /// How far apart two log returns may be; 0.005 if nothing is said.
    var tolerance: Double?
    /// The instrument after which to go on.
    var after: String?
    /// Whether this function calls itself for what is left.
    var goOn: Bool?
    let time: Instant
}

/// What a comparison found.
package struct CrossCheckReport: Encodable, Sendable {
    /// Instruments looked at, and the returns of them that both providers have.
    var instruments = 0
    var compared = 0
    /// How many differ, and the hundred largest differences.
    var disagreements = 0
    var largest: [SourceComparison.Disagreement] = []
    /// What is left: the event to call with next.
    var next: CrossCheck?
}

extension Featurize {
    /// Differences that a report names.
    private static let largest = 100

    /// Works until `end`, by default until half of the invocation's time is gone. nil when no pair is named or configured.
    func compare(_ check: CrossCheck, until end: ContinuousClock.Instant? = nil, _ context: Context) async throws -> CrossCheckReport? {
        guard [0, 2].contains(check.crossCheck.count) else { throw Failure.invalidCrossCheck }
        guard let pair = try SourcePrecedence.CrossCheck(check.crossCheck) ?? crossCheck else { return nil }
        for name in [pair.first, pair.second] where !ProviderCatalog.names.contains(name) { throw Failure.unknownProvider(name) }
        let end = end ?? .now + (context.cutOff.instant - .now) / 2
        let tolerance = check.tolerance ?? 0.005
        let from = check.from ?? check.weeks.map { check.time.utcDate.advanced(by: -7 * $0) }
        var report = CrossCheckReport()
        let instruments = try await instruments(of: check)
        for instrument in instruments {
            let (largest, disagreements, compared) = try await SourceComparison(database).compare(
                instrument.id, pair.first, pair.second, from: from, asOf: check.time, tolerance: tolerance, limit: Self.largest)
            report.instruments += 1
            report.compared += compared
            report.disagreements += disagreements
            report.largest += largest
            report.largest.sort { abs($0.first - $0.second) > abs($1.first - $1.second) }
            report.largest.removeLast(max(report.largest.count - Self.largest, 0))
            guard .now < end || report.instruments == instruments.count else {
                report.next = check
                report.next?.after = instrument.id
                break
            }
        }
        for found in report.largest {
            context.logger.warning(
                "Providers disagree",
                metadata: [
                    "instrument": "\(found.instrument)", "session": "\(found.session)", "\(pair.first)": "\(found.first)",
                    "\(pair.second)": "\(found.second)",
                ])
        }
        context.logger.info(
            "Compared",
            metadata: ["providers": "\(pair)", "returns": "\(report.compared)", "disagreements": "\(report.disagreements)"])
        metrics.report(
            ["ReturnsCompared": report.compared, "Disagreements": report.disagreements], milliseconds: WallClock.microseconds() / 1000)
        if check.goOn == true, let next = report.next {
            let event = try JSONEncoder().encode(next)
            _ = try await lambda.invoke(ownFunction, payload: Array(event), type: .event, deadline: context.cutOff.instant)
        }
        return report
    }

    private func instruments(of check: CrossCheck) async throws -> [Instrument] {
        let found = try await Instruments(database).find(symbols: check.symbols ?? [], asOf: check.time)
        if let unknown = check.symbols?.first(where: { found[$0] == nil }) { throw Failure.unknownSymbol(unknown) }
        return try await Instruments(database).list(of: check.symbols == nil ? nil : found.values.map(\.id), after: check.after ?? "")
    }
}
