/// Dropout whose mask depends only on the position: the backward pass computes the same mask again, so that none is stored.
package struct Dropout: Sendable, Hashable {
    /// The share of values that is dropped.
    package let rate: Float
    /// The hash of seed, update and part; each place in the net adds its own `site`.
    private let key: UInt32

    private let firstSite: Int

    /// - Parameters:
    ///   - rate: the share dropped, below 1.
    ///   - firstSite: added to every site.
    package init(rate: Float, seed: UInt64, update: Int, part: Int, firstSite: Int = 0) {
        self.rate = rate
        self.firstSite = firstSite
        var z = seed &+ UInt64(update) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(part) &* 0xD1B5_4A32_D192_ED03
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        key = UInt32(truncatingIfNeeded: z ^ (z >> 31))
    }

    /// target = source times 0 or 1 / (1 - rate), lane by lane.
    package func apply(_ source: UnsafePointer<Float8>, site: Int, into target: UnsafeMutablePointer<Float8>, count: Int) {
        let scale = Float8(repeating: 1 / (1 - rate))
        let threshold = SIMD8<UInt32>(repeating: UInt32(rate * 16_777_216))
        let start = key &+ UInt32(truncatingIfNeeded: firstSite + site) &* 0x85EB_CA6B
        var counter = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7) &+ start
        for i in 0..<count {
            let scaled = source[i] * scale
            target[i] = scaled.replacing(with: 0, where: (Self.mixed(counter) &>> 8) .< threshold)
            counter &+= 8
        }
    }

    /// MurmurHash3's 32-bit finaliser.
    @inline(__always)
    private static func mixed(_ value: SIMD8<UInt32>) -> SIMD8<UInt32> {
        var x = value
        x ^= x &>> 16
        x &*= SIMD8(repeating: 0x85EB_CA6B)
        x ^= x &>> 13
        x &*= SIMD8(repeating: 0xC2B2_AE35)
        return x ^ (x &>> 16)
    }
}
