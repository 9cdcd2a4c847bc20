import Foundation
import Testing

enum Fuzzing {
    /// The inputs for each parser: 100,000, or five million with `BELLWETHER_LONG_TESTS`. Debug builds are too slow for that.
    static let count: Int = {
        #if DEBUG
            return 3_000
        #else
            return ProcessInfo.processInfo.environment["BELLWETHER_LONG_TESTS"] == nil ? 100_000 : 5_000_000
        #endif
    }()

    /// Passes damaged samples to a parser, which must return or throw, and must not hold more than a small multiple of what it reads.
    static func run(seed: UInt64, _ samples: [[UInt8]], _ parse: ([UInt8]) throws -> Void) throws {
        for sample in samples { try parse(sample) }
        let before = try residentBytes()
        var mutator = Mutator(seed: seed, samples: samples)
        for _ in 0..<count { try parse(mutator.next()) }
        let growth = try residentBytes() - before
        #expect(growth < 64 << 20, "the process has grown by \(growth >> 20) MB")
    }

    static func run(seed: UInt64, texts: [String], _ parse: ([UInt8]) throws -> Void) throws {
        try run(seed: seed, texts.map { Array($0.utf8) }, parse)
    }

    private static func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
    }
}
