extension FeatureBlock {
    /// The formulas over the columns, four sessions at a time, written as rows: `FeatureSet.symbolNames` and `FeatureRow.extras`.
    func write(_ tables: FeatureRows.Tables) {
        for i in stride(from: 0, to: count, by: 4) {
            let places = SIMD4(place(i), place(i + 1), place(i + 2), place(i + 3))
            write(RowWriter(tables: tables, lanes: min(4, count - i), places: places), i)
        }
    }

    @inline(__always)
    private func write(_ rows: RowWriter, _ i: Int) {
        let r = self[.logReturn].four(i), intraday = self[.intraday].four(i), range = self[.range].four(i)
        let level = self[.level].four(i), logLevel = self[.logLevel].four(i)
        let floor = Four(repeating: 0.003 * 0.003)
        let variance94 = greater(self[.variance94].four(i), floor), variance97 = greater(self[.variance97].four(i), floor)
        let s = roots(variance94)
        let logS = logarithms(variance94) * 0.5
        let perS = 1 / s
        let gap = r - intraday

        let change5 = self[.change5].four(i), change20 = self[.change20].four(i)
        let momentum = self[.momentum].four(i)
        rows.write(
            0, r * perS, change5 * perS * Self.perRoot5, change20 * perS * Self.perRoot20, self[.change60].four(i) * perS * Self.perRoot60)
        let highest = self[.highest].four(i), lowest = self[.lowest].four(i)
        rows.write(4, self[.change120].four(i) * perS * Self.perRoot120, momentum * perS * Self.perRoot230, gap * perS, intraday * perS)
        let place = (self[.close].four(i) - lowest) / (highest - lowest) - 0.5
        let closeLocation = lanes { highest[$0] > lowest[$0] ? place[$0] : 0 }

        // Volatilities have a floor of 0.002; their logarithms are halves of their squares'.
        let least = Four(repeating: 0.002 * 0.002)
        let square20 = greater(self[.square20].four(i), least), square60 = greater(self[.square60].four(i), least)
        let log5 = logarithms(greater(self[.square5].four(i), least)) * 0.5, log20 = logarithms(square20) * 0.5
        let log60 = logarithms(square60) * 0.5, log250 = logarithms(greater(self[.square250].four(i), least)) * 0.5
        let deviation60 = roots(square60)
        rows.write(8, range * perS, closeLocation, logS + 4, log5 - logS)
        rows.write(12, log20 - logS, log60 - log20, log250 - log60, parkinson(i) - logS)
        rows.write(
            16, garmanKlass(i) - logS, roots(self[.lossSquare20].four(i) / square20) - 0.707, self[.largest20].four(i) / deviation60,
            self[.skewness60].four(i))
        let gain = self[.gain14].four(i), loss = self[.loss14].four(i)
        rows.write(
            20, gain / (gain + loss + 1e-9) - 0.5, (logLevel - logarithms(self[.level20].four(i))) * perS * Self.perRoot20,
            (logLevel - self[.highest250].four(i)) * perS * Self.perRoot250, (logLevel + self[.lowest250].four(i)) * perS * Self.perRoot250)
        rows.write(
            24, (self[.average12].four(i) - self[.average26].four(i)) / (level * s),
            logarithms(self[.volume].four(i) / self[.median20].four(i)),
            logarithms(self[.volume5].four(i) / self[.volume60].four(i)), self[.impact].four(i) - self[.impact250].four(i))

        // The geometric mean of three volatilities is the sixth root of their squares' product.
        let product =
            greater(self[.bar90].four(i), floor) * greater(self[.bar97].four(i), floor) * greater(self[.variance99].four(i), floor)
        rows.write(extras: 0, r, s, roots(variance97), exponentials(logarithms(product) * (1.0 / 6)))
        rows.write(extras: 4, change5, change20, momentum, deviation60)
    }

    @inline(__always)
    private func parkinson(_ i: Int) -> Four {
        logarithms(greater(self[.range10].four(i) * (1 / (4 * Self.log2)), Four(repeating: 1e-8))) * 0.5
    }

    @inline(__always)
    private func garmanKlass(_ i: Int) -> Four { logarithms(greater(self[.garmanKlass20].four(i), Four(repeating: 1e-8))) * 0.5 }

    private static let perRoot5 = 1 / 5.0.squareRoot(), perRoot20 = 1 / 20.0.squareRoot(), perRoot60 = 1 / 60.0.squareRoot()
    private static let perRoot120 = 1 / 120.0.squareRoot(), perRoot230 = 1 / 230.0.squareRoot(), perRoot250 = 1 / 250.0.squareRoot()
}

/// Writes four neighbouring columns of four rows at a time.
private struct RowWriter {
    let tables: FeatureRows.Tables
    /// Rows to write, 1…4.
    let lanes: Int
    let places: SIMD4<Int>

    @inline(__always)
    func write(_ column: Int, _ a: Four, _ b: Four, _ c: Four, _ d: Four) {
        let rows = transposed(stored(a), stored(b), stored(c), stored(d))
        put(rows.0, column, 0)
        put(rows.1, column, 1)
        put(rows.2, column, 2)
        put(rows.3, column, 3)
    }

    @inline(__always)
    func write(extras column: Int, _ a: Four, _ b: Four, _ c: Four, _ d: Four) {
        let rows = transposed(a, b, c, d)
        put(extras: rows.0, column, 0)
        put(extras: rows.1, column, 1)
        put(extras: rows.2, column, 2)
        put(extras: rows.3, column, 3)
    }

    @inline(__always)
    private func stored(_ x: Four) -> SIMD4<Float> {
        let limit = Four(repeating: FeatureSet.limit)
        let cut = lesser(greater(x, -limit), limit)
        return SIMD4(Float(cut.x), Float(cut.y), Float(cut.z), Float(cut.w))
    }

    @inline(__always)
    private func put(_ row: SIMD4<Float>, _ column: Int, _ lane: Int) {
        guard lane < lanes else { return }
        UnsafeMutableRawPointer(tables.values + places[lane] * FeatureRow.width + column).storeBytes(of: row, as: SIMD4<Float>.self)
    }

    @inline(__always)
    private func put(extras row: Four, _ column: Int, _ lane: Int) {
        guard lane < lanes else { return }
        (tables.extras + places[lane] * FeatureRow.extrasWidth).store(row, column)
    }

    @inline(__always)
    private func transposed<Scalar>(
        _ a: SIMD4<Scalar>, _ b: SIMD4<Scalar>, _ c: SIMD4<Scalar>, _ d: SIMD4<Scalar>
    ) -> (SIMD4<Scalar>, SIMD4<Scalar>, SIMD4<Scalar>, SIMD4<Scalar>) {
        (SIMD4(a.x, b.x, c.x, d.x), SIMD4(a.y, b.y, c.y, d.y), SIMD4(a.z, b.z, c.z, d.z), SIMD4(a.w, b.w, c.w, d.w))
    }
}
