/// Writes or reads the numbers of a state in a fixed order, so that one list of fields is enough for both.
protocol StateCoder {
    mutating func code(_ value: inout Double)
    mutating func code(_ value: inout Int)
}

/// Writes little-endian 64-bit words.
struct StateWriter: StateCoder {
    private(set) var bytes: [UInt8] = []

    mutating func code(_ value: inout Double) { append(value.bitPattern) }
    mutating func code(_ value: inout Int) { append(UInt64(bitPattern: Int64(value))) }

    private mutating func append(_ word: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
    }
}

/// Reads the words of a `StateWriter`. Values past the end are zero, and `isComplete` is then false.
struct StateReader: StateCoder {
    private let bytes: [UInt8]
    private var offset = 0
    private var hasFailed = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether all bytes were read and none was missing.
    var isComplete: Bool { !hasFailed && offset == bytes.count }

    mutating func code(_ value: inout Double) { value = Double(bitPattern: next()) }
    mutating func code(_ value: inout Int) { value = Int(Int64(bitPattern: next())) }

    private mutating func next() -> UInt64 {
        guard offset + 8 <= bytes.count else {
            hasFailed = true
            return 0
        }
        defer { offset += 8 }
        return (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }
}
