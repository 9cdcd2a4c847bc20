/// One symbol's series as far back as any window looks, oldest first: `reach` sessions of the past, then room for a block.
///
/// Sessions before the first are 0, so that they add nothing to a sum.
struct SessionSeries: Sendable {
    enum Name: Int, CaseIterable {
        case returns, logLevels, rangeSquares, garmanKlass, levels, volumes, turnovers, impacts
    }

    /// The most sessions a window looks back, rounded up.
    static let reach = 256
    /// The most sessions in one block.
    static let room = 224
    private static let stride = reach + room + 24

    private var values = [Double](repeating: 0, count: Name.allCases.count * stride)
    private var end = reach

    /// Opens room for `count` sessions, at most `room`, runs `body` with them, and keeps them.
    mutating func extend(by count: Int, _ body: (Open) -> Void) {
        values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            if end + count > Self.reach + Self.room {
                for name in Name.allCases {
                    let series = base + name.rawValue * Self.stride
                    series.update(from: series + end - Self.reach, count: Self.reach)
                }
                end = Self.reach
            }
            body(Open(base: base + end))
        }
        end += count
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
