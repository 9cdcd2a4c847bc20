/// The six features that compare a symbol with the session's universe: `append` the sessions in order.
///
/// The answer at a session depends on the last `memory` sessions alone and on nothing before them, to the bit: windows are summed
/// afresh, oldest first. A session with fewer than `leastMembers` returns answers nothing and counts as no session.
package struct CrossSectionEngine: Sendable {
    package static let leastMembers = 20
    /// Sessions, this one included, that one answer can depend on: 60 residuals, each from a beta over the 60 sessions before it.
    package static let memory = 121
    package static let width = FeatureSet.crossNames.count

    private static let least = 48

    private var marketSquares: MemberWindows
    /// Of each member: its last 60 products with the market and squared residuals, and its last beta.
    private var products, residuals: MemberWindows
    private var betas: [Double]
    private var returns: [Double]

    /// - Parameter members: the universe's size over all sessions; their numbers are 0..<members, in an order that never changes.
    package init(members: Int) {
        marketSquares = MemberWindows(members: 1)
        products = MemberWindows(members: members)
        residuals = MemberWindows(members: members)
        betas = [Double](repeating: .nan, count: products.width)
        returns = [Double](repeating: .nan, count: products.width)
    }

    /// The features of the members that are present, in their order, each a row of `FeatureSet.crossNames`, cut to ±8, NaN = missing;
    /// empty below 20 returns.
    ///
    /// - Parameter present: with ascending numbers.
    package mutating func append(_ present: [CrossMember]) -> [Float] {
        var (sum, count) = (0.0, 0)
        for entry in present where !entry.logReturn.isNaN {
            sum += entry.logReturn
            count += 1
        }
        guard count >= CrossSectionEngine.leastMembers else { return [] }
        let market = sum / Double(count)
        advance(present, market)
        let means = residuals.means(least: CrossSectionEngine.least)
        var answer = [Float](repeating: .nan, count: present.count * Self.width)
        answer.withUnsafeMutableBufferPointer { answer in
            for (i, entry) in present.enumerated() {
                answer[i * Self.width] = FeatureSet.stored(betas[entry.member] - 1)
            }
            for i in stride(from: 0, to: present.count, by: 4) {
                let some = min(4, present.count - i)
                let ratio = lanes { lane in
                    let entry = present[min(i + lane, present.count - 1)]
                    return means[entry.member].squareRoot() / entry.deviation60
                }
                let idiosyncratic = logarithms(ratio)
                for lane in 0..<some { answer[(i + lane) * Self.width + 1] = FeatureSet.stored(idiosyncratic[lane]) }
            }
            PercentRanks.write(present, into: answer, column: 2) { $0.return5 }
            PercentRanks.write(present, into: answer, column: 3) { $0.return20 }
            PercentRanks.write(present, into: answer, column: 4) { $0.momentum }
            PercentRanks.write(present, into: answer, column: 5) { $0.sigma94 }
        }
        return answer
    }

    /// Takes the session into every member's windows. One that is not in it, or has no return, has a hole there.
    private mutating func advance(_ present: [CrossMember], _ market: Double) {
        for i in returns.indices { returns[i] = .nan }
        for entry in present { returns[entry.member] = entry.logReturn }
        marketSquares.push { _ in Four(repeating: market * market) }
        let marketVariance = marketSquares.means(least: CrossSectionEngine.least)[0]
        returns.withUnsafeMutableBufferPointer { returns in
            betas.withUnsafeMutableBufferPointer { betas in
                guard let returns = returns.baseAddress, let betas = betas.baseAddress else { return }
                residuals.push { i in
                    let residual = returns.four(i) - betas.four(i) * market
                    return residual * residual
                }
                products.push { returns.four($0) * market }
                let means = products.means(least: CrossSectionEngine.least)
                for i in means.indices { betas[i] = means[i] / marketVariance }
            }
        }
    }
}
