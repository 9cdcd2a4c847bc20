/// 128 bits that stand for an event id once the event is finished (FNV-1a).
struct Fingerprint: Hashable, Sendable, Codable {
    let high: UInt64
    let low: UInt64

    init(_ text: String) {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        for byte in text.utf8 {
            hash ^= UInt128(byte)
            hash &*= 0x0000_0000_0100_0000_0000_0000_0000_013b
        }
        high = UInt64(truncatingIfNeeded: hash >> 64)
        low = UInt64(truncatingIfNeeded: hash)
    }

    init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        high = try values.decode(UInt64.self)
        low = try values.decode(UInt64.self)
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.unkeyedContainer()
        try values.encode(high)
        try values.encode(low)
    }
}
