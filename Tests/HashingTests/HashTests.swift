import Hashing
import Testing

/// Values published with the algorithms.
@Suite struct `Hashes and random numbers` {
    @Test(arguments: [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)] as [(String, UInt64)])
    func `FNV-1a of 64 bits`(_ text: String, _ hash: UInt64) { #expect(FNV1a64.hash(text) == hash) }

    @Test func `Numbers are hashed with their lowest byte first`() {
        var hash = FNV1a64()
        hash.add(Int64(0x0807_0605_0403_0201))
        #expect(hash.value == FNV1a64.hash([1, 2, 3, 4, 5, 6, 7, 8]))
    }

    @Test func `FNV-1a of 128 bits`() {
        #expect(FNV1a128.hash("") == 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
        #expect(FNV1a128.hash("a") == 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964)
    }

    @Test func `CRC-32 of the check text`() { #expect(CRC32.checksum("123456789".utf8) == 0xcbf4_3926) }

    @Test func `SplitMix64 from the seed 1234567`() {
        var random = SplitMix64(seed: 1_234_567)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }
}
