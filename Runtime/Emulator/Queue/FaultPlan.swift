/// Fault injection for tests: every asynchronous event is delivered twice, in a random order of all waiting deliveries.
package struct FaultPlan: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    let deliveriesPerEvent = 2

    /// SplitMix64.
    mutating func draw(_ range: Range<Int>) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        value ^= value >> 31
        return range.lowerBound + Int(value % UInt64(range.count))
    }
}
