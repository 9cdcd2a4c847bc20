import Forecasting
package import Market

/// The daily bars of many symbols.
package struct PriceTable: Sendable {
    /// A line that was left out, and the reason.
    package struct RejectedLine: Sendable, Hashable, CustomStringConvertible {
        /// The line's number from 1, the header included.
        package let line: Int
        /// The name of the violated rule.
        package let rule: String
        package let detail: String

        package var description: String { "line \(line): \(rule): \(detail)" }
    }

    /// The reason why a text is not a table of prices.
    package struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The bars of one symbol.
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
    /// Lines of the file that were left out.
    package let rejected: [RejectedLine]

    package init(series: [Series], rejected: [RejectedLine] = []) {
        self.series = series
        self.rejected = rejected
    }

    /// `CommonSessions` of the symbols.
    package func sessions() -> [SessionDate] { CommonSessions.of(series.map { $0.observations.map(\.session) }) }
}
