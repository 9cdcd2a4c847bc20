/// One symbol's series as far back as any window looks, oldest first: `reach` sessions of the past, then room for a block.
///
/// Sessions before the first are 0, so that they add nothing to a sum; their log levels are NaN, so that no change is from there.
struct SessionSeries: Sendable {
    enum Name: Int, CaseIterable {
        case returns, logLevels, rangeSquares, garmanKlass, levels, volumes, turnovers, impacts
    }

    /// The most sessions a window looks back, rounded up.
    static let reach = 256
    /// The most sessions in one block.
    static let room = 256
    private static let stride = reach + room + 24

    private var values = [Double](repeating: 0, count: Name.allCases.count * stride)
    private var end = reach

    init() {
        for i in 0..<Self.reach { values[Name.logLevels.rawValue * Self.stride + i] = .nan }
    }

    /// Opens room for `room` sessions and keeps as many as `body` answers.
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

    /// The series from the block's first session on; negative indices are the past.
    struct Open {
        fileprivate let base: UnsafeMutablePointer<Double>

        subscript(name: Name) -> UnsafeMutablePointer<Double> {
            @inline(__always) get { base + name.rawValue * SessionSeries.stride }
        }
    }

    /// The newest `depth` values of a series, oldest first.
    mutating func pass(_ coder: inout some StateCoder, _ name: Name, depth: Int) {
        for back in Swift.stride(from: depth, to: 0, by: -1) { coder.pass(&values[name.rawValue * Self.stride + end - back]) }
    }
}
