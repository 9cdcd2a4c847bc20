import Market

/// Four sessions side by side.
typealias Four = SIMD4<Double>

/// Some consecutive sessions of one symbol on their way through the stages: one column of doubles per quantity, a lane per session.
///
/// Stages read and write whole vectors; what lies past `count` is never looked at.
final class FeatureBlock {
    enum Column: Int, CaseIterable {
        case open, highest, lowest, close, growth, volume, turnover
        case level, logLevel, equalReturns, logReturn, range, intraday, variance
        case variance94, variance97, bar90, bar97, variance99, average12, average26
        case square5, square20, square60, square250, size20, gain14, loss14, lossSquare20, range10, garmanKlass20, level20, turnover20
        case volume5, volume60, return60, impact, impact250
        case change5, change20, change60, change120, momentum
        case skewness60, largest20, highest250, lowest250, median20
    }

    let capacity: Int
    var count = 0
    private let columnStride: Int
    private let memory: UnsafeMutablePointer<Double>
    private let places: UnsafeMutablePointer<Int>

    init(capacity: Int) {
        self.capacity = capacity
        // An odd number of cache lines, so that columns do not share cache sets.
        columnStride = (capacity + 31) / 16 * 16 + 8
        memory = .allocate(capacity: columnStride * Column.allCases.count)
        memory.initialize(repeating: 0, count: columnStride * Column.allCases.count)
        places = .allocate(capacity: capacity + 4)
        places.initialize(repeating: 0, count: capacity + 4)
    }

    deinit {
        memory.deallocate()
        places.deallocate()
    }

    subscript(column: Column) -> UnsafeMutablePointer<Double> {
        @inline(__always) get { memory + column.rawValue * columnStride }
    }

    /// Where a session's row goes among all of them.
    func place(_ index: Int) -> Int { places[index] }

    @inline(__always)
    func append(_ bar: Observation, growth: Double, shares: Double, place: Int) {
        let raw = bar.volume / shares
        let volume = raw > 1 ? raw : 1
        self[.open][count] = bar.open
        self[.highest][count] = max(bar.high, bar.open, bar.close)
        self[.lowest][count] = min(bar.low, bar.open, bar.close)
        self[.close][count] = bar.close
        self[.growth][count] = growth
        self[.volume][count] = volume
        self[.turnover][count] = bar.close * shares * volume
        places[count] = place
        count += 1
    }
}

extension UnsafeMutablePointer<Double> {
    @inline(__always)
    func four(_ index: Int) -> Four { UnsafeRawPointer(self + index).loadUnaligned(as: Four.self) }

    @inline(__always)
    func store(_ value: Four, _ index: Int) { UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Four.self) }
}
