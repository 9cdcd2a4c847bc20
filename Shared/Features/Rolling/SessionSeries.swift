/// One symbol's series as far back as any window reads, oldest first: `reach` past sessions, then `capacity` sessions for a block.
///
/// Places before the first session are 0, so that they add nothing to a sum; their log levels are NaN, so that no return starts there.
struct SessionSeries: Sendable {
    enum Name: Int, CaseIterable {
        case returns, logLevels, rangeSquares, garmanKlass, levels, volumes, turnovers, impacts
    }

    /// The number of sessions that the longest window reads back, rounded up.
    static let reach = 256
    /// The largest number of sessions in one block.
    static let capacity = 256
    private static let stride = reach + capacity + 24

    private var values = [Double](repeating: 0, count: Name.allCases.count * stride)
    private var end = reach

    init() {
        for i in 0..<Self.reach { values[Name.logLevels.rawValue * Self.stride + i] = .nan }
    }

    /// Makes room for `capacity` sessions; `body` returns how many of them it filled.
    mutating func extend(_ body: (Open) -> Int) {
        values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            if end > Self.reach {
                for name in Name.allCases {
                    let series = base + name.rawValue * Self.stride
                    series.update(from: series + end - Self.reach, count: Self.reach)
                }
                end = Self.reach
            }
            end += body(Open(base: base + end))
        }
    }

    /// The open series; index 0 is the block's first session, negative indices are earlier sessions.
    struct Open {
        fileprivate let base: UnsafeMutablePointer<Double>

        subscript(name: Name) -> UnsafeMutablePointer<Double> {
            @inline(__always) get { base + name.rawValue * SessionSeries.stride }
        }
    }

    /// Reads or writes the newest `depth` values of a series, oldest first.
    mutating func code(_ coder: inout some StateCoder, _ name: Name, depth: Int) {
        for back in Swift.stride(from: depth, to: 0, by: -1) { coder.code(&values[name.rawValue * Self.stride + end - back]) }
    }
}
