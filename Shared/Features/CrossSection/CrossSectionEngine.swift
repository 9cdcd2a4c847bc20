/// The six features that compare a symbol with the session's universe: `append` the sessions in order.
///
/// The answer at a session depends on the last `memory` sessions alone and on nothing before them, to the bit: windows are trees of
/// sums. A session with fewer than `leastMembers` returns answers nothing and counts as no session.
package struct CrossSectionEngine: Sendable {
    package static let leastMembers = 20
    /// Sessions, this one included, that one answer can depend on: 60 residuals, each from a beta over the 60 sessions before it.
    package static let memory = 121
    package static let width = FeatureSet.crossNames.count

    private static let least = 48

    private var marketSquares: MemberRollingMeans
    /// Of each member: its last 60 products with the market and squared residuals, and its last beta.
    private var products, residuals: MemberRollingMeans
    private var betas, returns, residualMeans: [Double]

    /// - Parameter members: the universe's size over all sessions; their numbers are 0..<members, in an order that never changes.
    package init(members: Int) {
        marketSquares = MemberRollingMeans(members: 1)
        products = MemberRollingMeans(members: members)
        residuals = MemberRollingMeans(members: members)
        betas = [Double](repeating: .nan, count: products.width)
        returns = [Double](repeating: .nan, count: products.width)
        residualMeans = [Double](repeating: .nan, count: products.width)
    }

    /// The features of the members that are present, in their order, each a row of `FeatureSet.crossNames`, cut to ±8, NaN = missing;
    /// empty below 20 returns.
    ///
    /// - Parameter present: with ascending numbers.
    package mutating func append(_ present: [CrossSectionMember]) -> [Float] { append(present[...]) }

    package mutating func append(_ present: ArraySlice<CrossSectionMember>) -> [Float] {
        present.withUnsafeBufferPointer { append($0) }
    }

    private mutating func append(_ present: UnsafeBufferPointer<CrossSectionMember>) -> [Float] {
        var (sum, count) = (0.0, 0)
        for entry in present where !entry.logReturn.isNaN {
            sum += entry.logReturn
            count += 1
        }
        guard count >= CrossSectionEngine.leastMembers else { return [] }
        advance(present, sum / Double(count))
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: present.count * Self.width) { columns in
            [Float](unsafeUninitializedCapacity: present.count * Self.width) { answer, written in
                guard let columns = columns.baseAddress else { return }
                fill(present, columns)
                for i in present.indices {
                    for column in 0..<Self.width { answer[i * Self.width + column] = columns[column * present.count + i] }
                }
                written = present.count * Self.width
            }
        }
    }

    /// One column for each feature.
    private func fill(_ present: UnsafeBufferPointer<CrossSectionMember>, _ columns: UnsafeMutablePointer<Float>) {
        let count = present.count
        for (i, entry) in present.enumerated() { columns[i] = FeatureSet.stored(betas[entry.member] - 1) }
        fillResiduals(present, columns + count)
        PercentRanks.with(count) { ranks in
            ranks.write(present, into: columns + 2 * count) { $0.return5 }
            ranks.write(present, into: columns + 3 * count) { $0.return20 }
            ranks.write(present, into: columns + 4 * count) { $0.momentum }
            ranks.write(present, into: columns + 5 * count) { $0.sigma94 }
        }
    }

    /// The logarithm of the residuals' deviation over the member's own.
    private func fillResiduals(_ present: UnsafeBufferPointer<CrossSectionMember>, _ column: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: present.count + 3) { memory in
            guard let ratios = memory.baseAddress else { return }
            memory.update(repeating: 1)
            for (i, entry) in present.enumerated() { ratios[i] = residualMeans[entry.member] / (entry.deviation60 * entry.deviation60) }
            logarithms(ratios, present.count)
            for i in present.indices { column[i] = FeatureSet.stored(ratios[i] * 0.5) }
        }
    }

    /// Takes the session into every member's windows. One that is not in it, or has no return, has a hole there.
    private mutating func advance(_ present: UnsafeBufferPointer<CrossSectionMember>, _ market: Double) {
        var squares = Double4(repeating: market * market)
        withUnsafeMutableBytes(of: &squares) { line in
            if let line = line.baseAddress { marketSquares.push(line.assumingMemoryBound(to: Double.self), least: Self.least) }
        }
        let marketVariance = squares[0]
        returns.withUnsafeMutableBufferPointer { returns in
            betas.withUnsafeMutableBufferPointer { betas in
                residualMeans.withUnsafeMutableBufferPointer { means in
                    guard let base = returns.baseAddress, let betas = betas.baseAddress, let means = means.baseAddress else { return }
                    returns.update(repeating: .nan)
                    for entry in present { base[entry.member] = entry.logReturn }
                    means.fill(0..<returns.count) { i in
                        let residual = base.double4(i) - betas.double4(i) * market
                        return residual * residual
                    }
                    residuals.push(means, least: Self.least)
                    betas.fill(0..<returns.count) { base.double4($0) * market }
                    products.push(betas, least: Self.least)
                    betas.fill(0..<returns.count) { betas.double4($0) / marketVariance }
                }
            }
        }
    }
}
