package import Market

/// The six features that compare a symbol with the session's universe: `append` the sessions in order.
///
/// The answer at a session depends on the last `memory` sessions alone and on nothing before them, to the bit: windows are summed
/// afresh, oldest first. A session with fewer than `leastMembers` returns answers nothing and counts as no session.
package struct CrossSectionEngine: Sendable {
    package static let leastMembers = 20
    /// Sessions, this one included, that one answer can depend on: 60 residuals, each from a beta over the 60 sessions before it.
    package static let memory = 121

    private static let window = 60
    private static let least = 48

    /// Of one symbol: its last 60 products with the market and squared residuals (NaN where it was absent), and its last beta.
    private struct Member {
        var products = SixtyValues()
        var residuals = SixtyValues()
        var beta = Double.nan
        var absent = 0
    }

    private var members: [String: Member] = [:]
    private var marketSquares = SixtyValues()

    package init() {}

    /// The features of each member in the order of `FeatureSet.crossNames`, cut to ±8, NaN = missing; empty below 20 members.
    package mutating func append(_ session: SessionDate, members present: [(id: String, row: FeatureRow)]) -> [String: [Float]] {
        let present = present.sorted { $0.id < $1.id }
        let returns = present.map(\.row.logReturn).filter { !$0.isNaN }
        guard returns.count >= CrossSectionEngine.leastMembers else { return [:] }
        let market = returns.reduce(0, +) / Double(returns.count)
        marketSquares.push(market * market)
        let marketVariance = marketSquares.mean(least: CrossSectionEngine.least)

        let ranks5 = percentRanks(present.map(\.row.crossInput.return5))
        let ranks20 = percentRanks(present.map(\.row.crossInput.return20))
        let ranksMomentum = percentRanks(present.map(\.row.crossInput.momentum))
        let ranksSigma = percentRanks(present.map(\.row.sigma94))
        var answer: [String: [Float]] = [:]
        answer.reserveCapacity(present.count)
        for (index, entry) in present.enumerated() {
            let row = entry.row
            var member = members[entry.id] ?? Member()
            let residual = row.logReturn - member.beta * market
            member.residuals.push(residual * residual)
            member.products.push(row.logReturn * market)
            member.beta = member.products.mean(least: CrossSectionEngine.least) / marketVariance
            member.absent = -1
            let idiosyncratic = member.residuals.mean(least: CrossSectionEngine.least).squareRoot() / row.crossInput.deviation60
            answer[entry.id] = [
                member.beta - 1, logarithm(idiosyncratic), ranks5[index] - 0.5, ranks20[index] - 0.5, ranksMomentum[index] - 0.5,
                ranksSigma[index] - 0.5,
            ].map(FeatureSet.stored)
            members[entry.id] = member
        }
        passAbsentees(marketVariance)
        return answer
    }

    /// A member that is not in this session has a hole there; one whose 60 values are all holes is forgotten.
    private mutating func passAbsentees(_ marketVariance: Double) {
        for id in Array(members.keys) {
            guard var member = members.removeValue(forKey: id) else { continue }
            member.absent += 1
            if member.absent > 0 {
                member.residuals.push(.nan)
                member.products.push(.nan)
                member.beta = member.products.mean(least: CrossSectionEngine.least) / marketVariance
            }
            if member.absent < CrossSectionEngine.window { members[id] = member }
        }
    }
}
