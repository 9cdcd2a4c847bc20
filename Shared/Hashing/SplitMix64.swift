/// SplitMix64 (Steele, Lea and Flood): a deterministic random number generator with 64 bits of state, good for seeding others.
package struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of 0..<bound, by the remainder: smaller ones are favoured by less than bound / 2^64.
    package mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
