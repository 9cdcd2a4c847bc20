import Hashing

/// A deterministic random number generator: xoshiro256** (Blackman and Vigna), seeded by SplitMix64.
package struct RandomGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Generators of one seed with different `stream` numbers are practically independent.
    package init(seed: UInt64, stream: UInt64 = 0) {
        var seeds = SplitMix64(seed: seed &+ stream &* 0xD1B5_4A32_D192_ED03)
        state = (seeds.next(), seeds.next(), seeds.next(), seeds.next())
    }

    /// The four words of the state.
    var words: [UInt64] { [state.0, state.1, state.2, state.3] }

    /// Restores a generator from its state; nil if the words are not a valid state.
    init?(words: [UInt64]) {
        guard words.count == 4, words.contains(where: { $0 != 0 }) else { return nil }
        state = (words[0], words[1], words[2], words[3])
    }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = (state.3 << 45) | (state.3 >> 19)
        return result
    }

    /// Uniform in [0, 1).
    package mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Uniform in [-bound, bound).
    mutating func symmetric(_ bound: Float) -> Float { (2 * uniform() - 1) * bound }

    /// Shuffles by Fisher and Yates. The order does not depend on the standard library's version.
    package mutating func shuffle<Element>(_ values: inout [Element]) {
        guard values.count > 1 else { return }
        for i in stride(from: values.count - 1, to: 0, by: -1) {
            values.swapAt(i, Int(next().multipliedFullWidth(by: UInt64(i + 1)).high))
        }
    }
}
