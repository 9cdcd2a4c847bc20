/// Panels to sample rows: target[lane][row] = panel[row][lane].
///
/// - Parameters:
///   - target: sixteen rows, `stride` floats apart.
package func transpose(_ panel: UnsafePointer<Lanes>, rows: Int, into target: UnsafeMutablePointer<Float>, stride: Int) {
    let source = UnsafeRawPointer(panel).assumingMemoryBound(to: Float.self)
    for lane in 0..<panelWidth {
        let row = target + lane * stride
        for k in 0..<rows { row[k] = source[k * panelWidth + lane] }
    }
}

/// Sample rows to a panel: panel[row][lane] = source[row] for one lane.
package func scatter(_ source: UnsafePointer<Float>, rows: Int, lane: Int, into panel: UnsafeMutablePointer<Lanes>) {
    let target = UnsafeMutableRawPointer(panel).assumingMemoryBound(to: Float.self)
    for k in 0..<rows { target[k * panelWidth + lane] = source[k] }
}
