import Market

/// One quantity of four neighbouring sessions.
typealias Double4 = SIMD4<Double>

/// The computed columns of up to 256 consecutive sessions of one symbol: one column of doubles per quantity, one element per session.
///
/// Stages read and write vectors of four; elements past `count` are never used.
final class FeatureBlock {
    enum Column: Int, CaseIterable {
        case open, highest, lowest, close, growth, logReturn, range, intraday, variance
        case variance94, variance97, bar90, bar97, variance99, average12, average26
        case square5, square20, square60, square250, size20, size14, move14, lossSquare20, range10, garmanKlass20, level20, turnover20
        case volume5, volume60, return60, cube60, impact, impact250
        case skewness60, largest20, highest250, lowest250, median20
        case log94, log5, log20, log60, log250, logRange10, logGarmanKlass20, logLevel20, logVolume, logVolumes, logProduct
    }

    /// The largest number of sessions in one block.
    static let capacity = SessionSeries.capacity
    /// An odd number of cache lines, so that columns do not share cache sets.
    private static let columnStride = (capacity + 31) / 16 * 16 + 8
    private static let workStride = SessionSeries.reach + columnStride
    private static let workLines = 4

    var count = 0
    private let memory: UnsafeMutablePointer<Double>
    private let places: UnsafeMutablePointer<Int>

    init() {
        let doubles = Self.columnStride * Column.allCases.count + Self.workStride * Self.workLines
        let raw = UnsafeMutableRawPointer.allocate(byteCount: doubles * MemoryLayout<Double>.stride, alignment: 64)
        memory = raw.bindMemory(to: Double.self, capacity: doubles)
        places = .allocate(capacity: Self.capacity)
    }

    deinit {
        UnsafeMutableRawPointer(memory).deallocate()
        places.deallocate()
    }

    subscript(column: Column) -> UnsafeMutablePointer<Double> {
        @inline(__always) get { memory + column.rawValue * Self.columnStride }
    }

    /// One of four scratch series; index 0 is the block's first session, negative indices are earlier sessions, as deep as a series.
    @inline(__always)
    func work(_ line: Int) -> UnsafeMutablePointer<Double> {
        memory + Self.columnStride * Column.allCases.count + Self.workStride * line + SessionSeries.reach
    }

    /// The row that a session of the block is written to.
    @inline(__always)
    func place(_ index: Int) -> Int { places[index] }

    /// Adds a valid bar.
    ///
    /// - Parameters:
    ///   - growth: total return since the session before, as a factor; NaN for the first session.
    ///   - shares: the number of shares into which splits have turned one share of the first session.
    ///   - place: the row that the session is written to.
    @inline(__always)
    func append(_ bar: Observation, growth: Double, shares: Double, place: Int, _ open: SessionSeries.Open) {
        let raw = bar.volume / shares
        let volume = raw > 1 ? raw : 1
        self[.open][count] = bar.open
        self[.highest][count] = max(bar.high, bar.open, bar.close)
        self[.lowest][count] = min(bar.low, bar.open, bar.close)
        self[.close][count] = bar.close
        self[.growth][count] = growth
        open[.volumes][count] = volume
        open[.turnovers][count] = bar.close * shares * volume
        places[count] = place
        count += 1
    }
}

extension UnsafeMutablePointer<Double> {
    @inline(__always)
    func double4(_ index: Int) -> Double4 { UnsafeRawPointer(self + index).loadUnaligned(as: Double4.self) }

    @inline(__always)
    func store(_ value: Double4, _ index: Int) { UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Double4.self) }

    /// Writes a range of elements, four at a time and up to three past its end.
    @inline(__always)
    func fill(_ range: Range<Int>, _ value: (_ index: Int) -> Double4) {
        var i = range.lowerBound
        while i < range.upperBound {
            store(value(i), i)
            i &+= 4
        }
    }
}
