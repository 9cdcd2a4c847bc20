/// The features of up to 32 sessions by column, before they are transposed into rows; fits the first-level cache.
struct RowTile {
    /// The number of sessions of one tile.
    static let sessions = 32

    private let values: UnsafeMutablePointer<Float>
    private let extras: UnsafeMutablePointer<Double>

    static func with(_ body: (RowTile) -> Void) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: sessions * FeatureRow.width) { values in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: sessions * FeatureRow.extrasWidth) { extras in
                if let values = values.baseAddress, let extras = extras.baseAddress { body(RowTile(values: values, extras: extras)) }
            }
        }
    }

    /// Stores one feature of four sessions, clipped to ±`FeatureSet.limit`.
    @inline(__always)
    func put(_ value: Double4, _ feature: SymbolFeature, _ session: Int) {
        let limit = Double4(repeating: FeatureSet.limit)
        UnsafeMutableRawPointer(values + feature.rawValue * Self.sessions + session).storeBytes(
            of: SIMD4<Float>(lesser(greater(value, -limit), limit)), as: SIMD4<Float>.self)
    }

    @inline(__always)
    func put(extra value: Double4, _ extra: FeatureRow.Extra, _ session: Int) {
        (extras + extra.rawValue * Self.sessions).store(value, session)
    }

    /// Writes the first `count` sessions as rows; `place` gives the row of each.
    @inline(__always)
    func write(_ count: Int, _ tables: FeatureRows.Tables, _ place: (Int) -> Int) {
        let inFours = count / 4 * 4
        for session in stride(from: 0, to: inFours, by: 4) {
            write(tables, session, place(session), place(session + 1), place(session + 2), place(session + 3))
        }
        for session in inFours..<count {
            let (row, extra) = (tables.values + place(session) * FeatureRow.width, tables.extras + place(session) * FeatureRow.extrasWidth)
            for column in 0..<FeatureRow.width { row[column] = values[column * Self.sessions + session] }
            for column in 0..<FeatureRow.extrasWidth { extra[column] = extras[column * Self.sessions + session] }
        }
    }

    /// Not inlined: beside other shuffles the optimiser would mix them up.
    @inline(never)
    private func write(_ tables: FeatureRows.Tables, _ session: Int, _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
        for column in stride(from: 0, to: FeatureRow.width, by: 4) {
            let source = values + column * Self.sessions + session
            let rows = transposed(Self.load(source, 0), Self.load(source, 1), Self.load(source, 2), Self.load(source, 3))
            Self.store(rows.0, tables.values + a * FeatureRow.width + column)
            Self.store(rows.1, tables.values + b * FeatureRow.width + column)
            Self.store(rows.2, tables.values + c * FeatureRow.width + column)
            Self.store(rows.3, tables.values + d * FeatureRow.width + column)
        }
        for column in stride(from: 0, to: FeatureRow.extrasWidth, by: 4) {
            let source = extras + column * Self.sessions + session
            let rows = transposed(
                source.double4(0), source.double4(Self.sessions), source.double4(2 * Self.sessions), source.double4(3 * Self.sessions))
            (tables.extras + a * FeatureRow.extrasWidth).store(rows.0, column)
            (tables.extras + b * FeatureRow.extrasWidth).store(rows.1, column)
            (tables.extras + c * FeatureRow.extrasWidth).store(rows.2, column)
            (tables.extras + d * FeatureRow.extrasWidth).store(rows.3, column)
        }
    }

    @inline(__always)
    private static func load(_ source: UnsafeMutablePointer<Float>, _ column: Int) -> SIMD4<Float> {
        UnsafeRawPointer(source + column * sessions).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    private static func store(_ value: SIMD4<Float>, _ target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target).storeBytes(of: value, as: SIMD4<Float>.self)
    }

    @inline(__always)
    private func transposed<Scalar>(
        _ a: SIMD4<Scalar>, _ b: SIMD4<Scalar>, _ c: SIMD4<Scalar>, _ d: SIMD4<Scalar>
    ) -> (SIMD4<Scalar>, SIMD4<Scalar>, SIMD4<Scalar>, SIMD4<Scalar>) {
        (SIMD4(a.x, b.x, c.x, d.x), SIMD4(a.y, b.y, c.y, d.y), SIMD4(a.z, b.z, c.z, d.z), SIMD4(a.w, b.w, c.w, d.w))
    }
}
