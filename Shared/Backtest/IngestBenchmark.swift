import Features
import Market
import Providers

extension NumericsBenchmark {
    /// Takes one answer of Yahoo's chart all the way in memory: parses it, lets the rules judge it, adjusts its bars, makes
    /// their features.
    ///
    /// - Parameter asOf: Unix seconds of the request. Rows are checked against New York's calendar.
    /// - Returns: the sessions that got features.
    /// - Throws: `ProviderError`.
    package static func ingest(chart body: [UInt8], asOf: Int64) throws -> Int {
        let calendar = TradingCalendar.of(mic: "XNYS")
        let answer = try YahooChart().parse(
            body, status: 200, contentType: "application/json", calendar: calendar, asOf: Instant(seconds: asOf))
        let report = SeriesValidator(calendar: calendar).validate(
            answer.bars.map { ValidatedBar($0, basis: answer.basis) }, among: [], actions: answer.actions)
        var engine = FeatureEngine()
        let bars = report.bars.lazy.filter { !$0.isQuarantined }.map(\.bar)
        return engine.append(contentsOf: Adjustment.observations(bars: Array(bars), actions: answer.actions)).sessions.count
    }

    /// Goes through an exchange's sessions from the first again and again, each found from the one before.
    ///
    /// - Returns: the last date, so that no look-up can be left out.
    package static func nextSessions(_ count: Int) -> Int {
        guard let calendar = TradingCalendar.of(mic: "XNYS") else { return 0 }
        let first = SessionDate(year: 1990, month: 1, day: 2)
        var date = first
        for _ in 0..<count { date = calendar.next(after: date) ?? first }
        return Int(date.day)
    }
}
