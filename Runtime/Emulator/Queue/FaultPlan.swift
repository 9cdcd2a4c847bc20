import Hashing

/// Fault injection for tests: every asynchronous event is delivered twice, in a random order of all waiting deliveries.
package struct FaultPlan: Sendable {
    private var random: SplitMix64

    package init(seed: UInt64) { random = SplitMix64(seed: seed) }

    let deliveriesPerEvent = 2

    /// A number of the range.
    mutating func draw(_ range: Range<Int>) -> Int { range.lowerBound + random.next(below: range.count) }
}
