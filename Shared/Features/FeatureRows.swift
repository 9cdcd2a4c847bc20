package import Market

/// The feature rows of one symbol's sessions in order, as two flat tables. Reuse for no more sessions allocates no memory.
package struct FeatureRows: Sendable {
    package private(set) var sessions: [SessionDate] = []
    /// Sessions × `FeatureSet.symbolNames`, row-major, clipped to ±8, NaN = missing.
    package private(set) var values: [Float] = []
    /// Sessions × `FeatureRow.extras`, row-major.
    package private(set) var extras: [Double] = []

    package init() {}

    /// One session's row.
    package subscript(index: Int) -> FeatureRow {
        let width = FeatureRow.extrasWidth
        return FeatureRow(
            session: sessions[index], values: Array(values[index * FeatureRow.width..<(index + 1) * FeatureRow.width]),
            checked: Array(extras[index * width..<(index + 1) * width]))
    }

    /// Replaces the contents by the sessions of these bars; `write` fills every row.
    mutating func replace(_ observations: [Observation], _ write: (Tables) -> Void) {
        let count = observations.count
        if sessions.count == count {
            sessions.withUnsafeMutableBufferPointer { sessions in
                for i in 0..<count { sessions[i] = observations[i].session }
            }
        } else {
            sessions = observations.map(\.session)
        }
        if values.count != count * FeatureRow.width {
            values = [Float](repeating: .nan, count: count * FeatureRow.width)
            extras = [Double](repeating: .nan, count: count * FeatureRow.extrasWidth)
        }
        values.withUnsafeMutableBufferPointer { values in
            extras.withUnsafeMutableBufferPointer { extras in
                if let values = values.baseAddress, let extras = extras.baseAddress { write(Tables(values: values, extras: extras)) }
            }
        }
    }

    /// The memory to which rows are written.
    struct Tables {
        let values: UnsafeMutablePointer<Float>
        let extras: UnsafeMutablePointer<Double>

        func clear(_ row: Int) {
            (values + row * FeatureRow.width).update(repeating: .nan, count: FeatureRow.width)
            (extras + row * FeatureRow.extrasWidth).update(repeating: .nan, count: FeatureRow.extrasWidth)
        }
    }
}
