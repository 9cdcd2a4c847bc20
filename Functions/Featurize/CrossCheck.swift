import LambdaRuntime
import Logging
import Market
import Store
import Telemetry

/// Holds two providers against each other.
///
/// ```json
/// {"crossCheck": ["yahoo", "alphavantage"], "symbols": ["AAPL"], "from": "2012-01-01", "tolerance": 0.01, "time": "2012-06-01T23:00:00Z"}
/// ```
/// Without `symbols` it is about all instruments; Ingest with a `provider` gets the second one's answers.
package struct CrossCheck: Decodable, Sendable, Equatable {
    /// Two names.
    let crossCheck: [String]
    var symbols: [String]?
    var from: SessionDate?
    /// How far apart two log returns may be; 0.005 if nothing is said.
    var tolerance: Double?
    let time: Instant
}

/// What a comparison found.
package struct CrossCheckReport: Encodable, Sendable {
    /// Returns that both providers have.
    var compared = 0
    /// How many differ, and the hundred largest differences.
    var disagreements = 0
    var largest: [SourceComparison.Disagreement] = []
}

extension Featurize {
    func compare(_ check: CrossCheck, _ context: Context) async throws -> CrossCheckReport {
        guard check.crossCheck.count == 2 else { throw Failure.invalidCrossCheck }
        let tolerance = check.tolerance ?? 0.005
        var instruments: [Instrument] = []
        if let symbols = check.symbols {
            for symbol in symbols {
                guard let instrument = try await Instruments(database).find(symbol: symbol) else { throw Failure.unknownSymbol(symbol) }
                instruments.append(instrument)
            }
        } else {
            instruments = try await Instruments(database).list()
        }
        var report = CrossCheckReport()
        for instrument in instruments {
            let (found, compared) = try await SourceComparison(database).compare(
                instrument.id, check.crossCheck[0], check.crossCheck[1], from: check.from, asOf: check.time, tolerance: tolerance)
            report.compared += compared
            report.disagreements += found.count
            report.largest += found
        }
        report.largest = Array(report.largest.sorted { abs($0.first - $0.second) > abs($1.first - $1.second) }.prefix(100))
        if report.disagreements > 0 {
            context.logger.warning(
                "Providers disagree",
                metadata: ["providers": "\(check.crossCheck)", "returns": "\(report.disagreements)", "compared": "\(report.compared)"])
        }
        metrics.report(
            ["ReturnsCompared": report.compared, "Disagreements": report.disagreements], milliseconds: WallClock.microseconds() / 1000)
        return report
    }
}
