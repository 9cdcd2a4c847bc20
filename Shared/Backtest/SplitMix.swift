/// Deterministic draws for what is poisoned and shuffled (Steele, Lea and Flood's SplitMix64).
struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var x = state
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return x ^ (x >> 31)
    }

    /// In 0.2…5.
    mutating func factor() -> Double { 0.2 + 4.8 * Double(next() >> 11) * 0x1p-53 }
}
