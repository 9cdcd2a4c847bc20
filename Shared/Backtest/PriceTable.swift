import Forecasting
package import Market

/// Daily bars of many symbols, read from CSV.
package struct PriceTable: Sendable {
    /// Why a line was left out. The other lines count.
    package struct RejectedLine: Sendable, Hashable, CustomStringConvertible {
        /// From 1, the header included.
        package let line: Int
        package let rule: String
        package let detail: String

        package var description: String { "line \(line): \(rule): \(detail)" }
    }

    /// The text is no table of prices at all.
    package struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package struct Series: Sendable {
        package let symbol: String
        /// Ascending by session.
        package let observations: [Observation]

        package init(symbol: String, observations: [Observation]) {
            self.symbol = symbol
            self.observations = observations
        }
    }

    /// Ascending by symbol.
    package let series: [Series]
    package let rejected: [RejectedLine]

    package init(series: [Series], rejected: [RejectedLine] = []) {
        self.series = series
        self.rejected = rejected
    }

    package var rowCount: Int { series.reduce(0) { $0 + $1.observations.count } }

    /// Sessions on which at least half of the symbols listed then have a row, ascending; `CommonSessions`.
    package func sessions() -> [SessionDate] { CommonSessions.of(series.map { $0.observations.map(\.session) }) }
}
