import Features
import Market
import Providers

extension BacktestBench {
    /// Takes one answer of Yahoo's chart all the way in memory: parses and checks it, adjusts its bars, makes their features.
    ///
    /// - Parameter asOf: Unix seconds of the request. Rows are checked against New York's calendar.
    /// - Returns: the sessions that got features.
    /// - Throws: `ProviderRefusal`.
    package static func ingest(chart body: [UInt8], asOf: Int64) throws -> Int {
        let answer = try YahooChart().parse(
            body, status: 200, contentType: "application/json", calendar: TradingCalendar.of(mic: "XNYS"), asOf: Instant(seconds: asOf))
        var engine = FeatureEngine()
        return engine.append(contentsOf: Adjustment.observations(bars: answer.bars, actions: answer.actions)).sessions.count
    }
}
