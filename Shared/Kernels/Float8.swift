/// Eight floats of one AVX2 register.
package typealias Float8 = SIMD8<Float>

/// The number of samples side by side in one panel: two registers of `Float8`.
///
/// Activations are stored in panels, `[row][lane]`: a row is one unit, a lane one sample, so gates are computed elementwise.
package let panelWidth = 16

/// Zeroed, 64-byte aligned memory of registers, freed with its last owner.
///
/// Not `Sendable`: one worker writes it at a time, as `Parallel` ensures.
package final class LaneBuffer {
    package let lanes: UnsafeMutablePointer<Float8>
    /// The number of registers (not of floats).
    package let count: Int

    package init(count: Int) {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Float8>.stride, alignment: 64)
        lanes = raw.bindMemory(to: Float8.self, capacity: max(count, 1))
        lanes.initialize(repeating: Float8(repeating: 0), count: max(count, 1))
        self.count = count
    }

    /// Memory for at least this many floats.
    package convenience init(floats: Int) { self.init(count: (floats + 7) / 8) }

    deinit { UnsafeMutableRawPointer(lanes).deallocate() }

    /// The same memory as single floats.
    package var floats: UnsafeMutablePointer<Float> {
        UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: Float.self)
    }

    /// Sets all values to 0.
    package func clear() { lanes.update(repeating: Float8(repeating: 0), count: count) }
}
