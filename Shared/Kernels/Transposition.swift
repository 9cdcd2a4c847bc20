/// Transposes a panel into sample rows: target[lane][row] = panel[row][lane].
///
/// - Parameters:
///   - rows: a multiple of 8.
///   - target: sixteen rows, `stride` floats apart.
package func transpose(_ panel: UnsafePointer<Float8>, rows: Int, into target: UnsafeMutablePointer<Float>, stride: Int) {
    precondition(rows % 8 == 0)
    for half in 0..<2 {
        for row in Swift.stride(from: 0, to: rows, by: 8) {
            var block = EightByEight { panel[(row + $0) * 2 + half] }
            block.transpose()
            block.forEach { lane, values in store(values, target + (half * 8 + lane) * stride + row) }
        }
    }
}

/// Gathers sample rows into panels: panel[i][row][lane] = samples[lane][offset + i · rows + row].
///
/// - Parameters:
///   - samples: at most sixteen; unused lanes repeat the first sample.
///   - rows: a multiple of 8.
///   - count: the number of panels, which are `stride` registers apart. Several panels per call read each sample's memory in order.
package func gather(
    _ samples: ArraySlice<UnsafePointer<Float>>, offset: Int, rows: Int, count: Int = 1, into panel: UnsafeMutablePointer<Float8>,
    stride: Int = 0
) {
    precondition(rows % 8 == 0 && samples.count <= panelWidth)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: panelWidth) { lanes in
        for lane in 0..<panelWidth { lanes[lane] = samples[samples.startIndex + (lane < samples.count ? lane : 0)] + offset }
        for half in 0..<2 {
            for i in 0..<count {
                for row in Swift.stride(from: 0, to: rows, by: 8) {
                    var block = EightByEight { load(lanes[half * 8 + $0] + i * rows + row) }
                    block.transpose()
                    block.forEach { k, values in panel[i * stride + (row + k) * 2 + half] = values }
                }
            }
        }
    }
}

@inline(__always)
private func load(_ source: UnsafePointer<Float>) -> Float8 { UnsafeRawPointer(source).loadUnaligned(as: Float8.self) }

@inline(__always)
private func store(_ values: Float8, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: values, as: Float8.self)
}

private struct EightByEight {
    var r0, r1, r2, r3, r4, r5, r6, r7: Float8

    @inline(__always)
    init(_ row: (Int) -> Float8) {
        (r0, r1, r2, r3) = (row(0), row(1), row(2), row(3))
        (r4, r5, r6, r7) = (row(4), row(5), row(6), row(7))
    }

    /// A perfect shuffle rotates an element's index, three bits of row and three of column, by one bit.
    @inline(__always)
    mutating func transpose() {
        for _ in 0..<3 {
            let old = self
            (r0, r1) = Self.interleaved(old.r0, old.r4)
            (r2, r3) = Self.interleaved(old.r1, old.r5)
            (r4, r5) = Self.interleaved(old.r2, old.r6)
            (r6, r7) = Self.interleaved(old.r3, old.r7)
        }
    }

    @inline(__always)
    private static func interleaved(_ a: Float8, _ b: Float8) -> (Float8, Float8) {
        var low = a, high = b
        low.evenHalf = a.lowHalf
        low.oddHalf = b.lowHalf
        high.evenHalf = a.highHalf
        high.oddHalf = b.highHalf
        return (low, high)
    }

    @inline(__always)
    func forEach(_ body: (Int, Float8) -> Void) {
        body(0, r0)
        body(1, r1)
        body(2, r2)
        body(3, r3)
        body(4, r4)
        body(5, r5)
        body(6, r6)
        body(7, r7)
    }
}
