import Glibc
package import Market
package import Postgres

/// Compares two sources' daily returns of the same instrument.
package struct SourceComparison: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// A session whose two log returns differ by more than the tolerance.
    package struct Disagreement: Hashable, Sendable, Encodable {
        package let instrument: String
        package let session: SessionDate
        /// The two sources' unadjusted log returns since the previous common session.
        package let firstReturn, secondReturn: Double

        private enum CodingKeys: String, CodingKey {
            case instrument, session, firstReturn = "first_return", secondReturn = "second_return"
        }
    }

    /// The result for one instrument.
    package struct Result: Sendable {
        /// The largest disagreements first, at most `limit`.
        package var largest: [Disagreement] = []
        /// The number of all disagreements.
        package var disagreements = 0
        /// The number of returns that were compared.
        package var returns = 0
    }

    /// Compares two sources as known at an instant, from a session on; returns are taken between consecutive common sessions.
    ///
    /// A common session is one of which both sources have a positive close.
    package func compare(
        _ instrument: String, _ pair: SourcePrecedence.ProviderPair, from: SessionDate?, asOf instant: Instant, tolerance: Double,
        limit: Int
    ) async throws(PostgresError) -> Result {
        let bars = Bars(database)
        let first = try await bars.closes(instrument, .recorded(instant), source: pair.first, from: from)
        let second = try await bars.closes(instrument, .recorded(instant), source: pair.second, from: from)
        let common: [(session: SessionDate, first: Price, second: Price)] = first.keys.sorted().compactMap { session in
            guard let left = first[session], let right = second[session] else { return nil }
            return (session, left, right)
        }
        var result = Result()
        for (before, now) in zip(common, common.dropFirst()) {
            let (left, right) = (Self.logReturn(before.first, now.first), Self.logReturn(before.second, now.second))
            result.returns += 1
            guard abs(left - right) > tolerance else { continue }
            result.disagreements += 1
            result.largest.append(Disagreement(instrument: instrument, session: now.session, firstReturn: left, secondReturn: right))
        }
        result.largest.sort { left, right in
            let (first, second) = (abs(left.firstReturn - left.secondReturn), abs(right.firstReturn - right.secondReturn))
            return first != second ? first > second : left.session < right.session
        }
        result.largest.removeLast(max(result.largest.count - limit, 0))
        return result
    }

    private static func logReturn(_ before: Price, _ now: Price) -> Double { log(now.double / before.double) }
}
