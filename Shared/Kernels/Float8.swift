/// Eight floats that move together: one AVX2 register.
package typealias Float8 = SIMD8<Float>

/// Samples side by side in one panel: two registers of `Float8`.
///
/// Activations live in panels: `[row][lane]`, a row being one unit and a lane one sample, so that a gate is plain vertical arithmetic.
package let panelWidth = 16

/// Zeroed, 64-byte aligned memory of its own, freed with the value's last owner.
///
/// Not `Sendable`: one worker writes it at a time, and `Parallel` is what makes that so.
package final class LaneBuffer {
    package let lanes: UnsafeMutablePointer<Float8>
    /// Registers, not floats.
    package let count: Int

    package init(count: Int) {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Float8>.stride, alignment: 64)
        lanes = raw.bindMemory(to: Float8.self, capacity: max(count, 1))
        lanes.initialize(repeating: Float8(repeating: 0), count: max(count, 1))
        self.count = count
    }

    /// Room for at least this many floats.
    package convenience init(floats: Int) { self.init(count: (floats + 7) / 8) }

    deinit { UnsafeMutableRawPointer(lanes).deallocate() }

    /// The same memory as single floats.
    package var floats: UnsafeMutablePointer<Float> {
        UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: Float.self)
    }

    package func clear() { lanes.update(repeating: Float8(repeating: 0), count: count) }
}
