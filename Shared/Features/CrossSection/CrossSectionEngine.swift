/// Computes the features that compare a symbol with the universe of its session; `append` takes the sessions in order.
///
/// The features of a session depend only on the last `memory` sessions, bit for bit, because window sums are trees of sums. A session with
/// fewer than `leastMembers` returns has no features and does not count as a session.
package struct CrossSectionEngine: Sendable {
    /// The least number of returns of a session with features.
    package static let leastMembers = 20
    /// The number of sessions on which a session's features depend, its own included: 60 residuals, each from a beta over the previous 60
    /// sessions.
    package static let memory = 121
    /// The number of features of one member, by `CrossSectionFeature`.
    package static var width: Int { CrossSectionFeature.count }

    /// The least number of values in a mean over 60 sessions.
    private static let least = 48

    private var marketSquares: MemberRollingMeans
    /// For each member, the products of its returns with the market's, and its squared residuals.
    private var products, residuals: MemberRollingMeans
    private var betas, returns, residualMeans: [Double]

    /// - Parameter members: the universe's size over all sessions; members are numbered 0..<members, in an order that never changes.
    package init(members: Int) {
        marketSquares = MemberRollingMeans(members: 1)
        products = MemberRollingMeans(members: members)
        residuals = MemberRollingMeans(members: members)
        betas = [Double](repeating: .nan, count: products.width)
        returns = [Double](repeating: .nan, count: products.width)
        residualMeans = [Double](repeating: .nan, count: products.width)
    }

    /// The features of one session's members: a row of `width` each, in the order of `present`, clipped to ±8, NaN = missing; empty when
    /// the session has fewer than `leastMembers` returns.
    ///
    /// - Parameter present: ascending by member.
    package mutating func append(_ present: [CrossSectionMember]) -> [Float] { append(present[...]) }

    /// The features of one session's members, from a slice of an array.
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
            [Float](unsafeUninitializedCapacity: present.count * Self.width) { rows, written in
                guard let columns = columns.baseAddress else { return }
                fill(present, columns)
                for i in present.indices {
                    for column in 0..<Self.width { rows[i * Self.width + column] = columns[column * present.count + i] }
                }
                written = present.count * Self.width
            }
        }
    }

    /// Writes the features as columns of `present.count` values.
    private func fill(_ present: UnsafeBufferPointer<CrossSectionMember>, _ columns: UnsafeMutablePointer<Float>) {
        let count = present.count
        func column(_ feature: CrossSectionFeature) -> UnsafeMutablePointer<Float> { columns + feature.rawValue * count }
        let beta = column(.beta60)
        for (i, entry) in present.enumerated() { beta[i] = FeatureSet.stored(betas[entry.member] - 1) }
        fillResiduals(present, column(.idio))
        PercentRanks.with(count) { ranks in
            ranks.write(present, into: column(.rk5)) { $0.return5 }
            ranks.write(present, into: column(.rk20)) { $0.return20 }
            ranks.write(present, into: column(.rkmom)) { $0.momentum }
            ranks.write(present, into: column(.rksig)) { $0.sigma94 }
        }
    }

    /// Writes ln(the residuals' deviation / the member's own deviation).
    private func fillResiduals(_ present: UnsafeBufferPointer<CrossSectionMember>, _ column: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: present.count + 3) { memory in
            guard let ratios = memory.baseAddress else { return }
            memory.update(repeating: 1)
            for (i, entry) in present.enumerated() { ratios[i] = residualMeans[entry.member] / (entry.deviation60 * entry.deviation60) }
            logarithms(ratios, present.count)
            for i in present.indices { column[i] = FeatureSet.stored(ratios[i] * 0.5) }
        }
    }

    /// Adds the session to every member's windows: NaN for members that are absent or have no return.
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
