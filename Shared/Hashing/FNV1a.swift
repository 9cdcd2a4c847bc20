/// The 64-bit FNV-1a hash (Fowler, Noll and Vo): fast, stable over processes and machines, and no protection against forgery.
package struct FNV1a64: Sendable, Hashable {
    /// The hash of all bytes added so far.
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    package init() {}

    /// Adds one byte.
    package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    /// Adds bytes in their order.
    @inlinable
    package mutating func add(_ bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }

    /// Adds the bytes of a text's UTF-8, without a length or an end mark.
    package mutating func add(_ text: String) { for byte in text.utf8 { add(byte) } }

    /// Adds the eight bytes of a number, the lowest first.
    package mutating func add(_ number: Int64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
    }

    /// The hash as 16 lower-case hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// The 64-bit FNV-1a hash of bytes.
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash = FNV1a64()
        hash.add(bytes)
        return hash.value
    }

    /// The 64-bit FNV-1a hash of a text's UTF-8.
    package static func hash(_ text: String) -> UInt64 { hash(text.utf8) }
}

/// The 128-bit FNV-1a hash (Fowler, Noll and Vo), no protection against forgery.
package enum FNV1a128 {
    /// The 128-bit FNV-1a hash of a text's UTF-8.
    package static func hash(_ text: String) -> UInt128 {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        for byte in text.utf8 { hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b }
        return hash
    }
}
