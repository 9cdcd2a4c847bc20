/// The histogram of a leaf: per input and bin, the number of sampled rows and how many of them lie at or below their current quantile.
///
/// Both counts are in one integer (rows in the low half, rows below in the high half), so sums are exact in any order, a sibling is a
/// subtraction, and the pinball loss's gradient is below − τ · rows.
struct SplitHistogram {
    static func rows(_ entry: UInt64) -> Double { Double(entry & 0xFFFF_FFFF) }
    static func below(_ entry: UInt64) -> Double { Double(entry >> 32) }
    static func entry(below: Bool) -> UInt64 { below ? 1 << 32 | 1 : 1 }

    /// Adds rows to `histogram` (`columns.count` × 64 entries).
    ///
    /// - Parameters:
    ///   - bins: rows × `stride` bins.
    ///   - entries: one per row.
    static func add(
        _ rows: UnsafeBufferPointer<Int32>, bins: UnsafePointer<UInt8>, stride: Int, columns: UnsafeBufferPointer<Int>,
        entries: UnsafePointer<UInt64>, to histogram: UnsafeMutablePointer<UInt64>
    ) {
        for row in rows {
            let entry = entries[Int(row)]
            let bin = bins + Int(row) &* stride
            var part = histogram
            for column in columns {
                part[Int(bin[column])] &+= entry
                part += FeatureBins.count
            }
        }
    }

    struct Split {
        var gain: Double
        /// The index among the tree's columns.
        var column: Int
        /// The last bin that goes left.
        var bin: Int
        var missingLeft: Bool
        var leftRows: Int
    }

    /// The best split of a leaf: largest Σ G² / (n + λ), both sides with at least `leastRows` rows; nil if no split improves the loss.
    static func best(
        _ histogram: UnsafePointer<UInt64>, columns: Int, level: Double, leastRows: Double, penalty: Double
    ) -> Split? {
        var best: Split?
        var total: UInt64 = 0
        for bin in 0..<FeatureBins.count { total &+= histogram[bin] }
        let n = rows(total)
        let gradient = below(total) - level * n
        let whole = gradient * gradient / (n + penalty)
        for column in 0..<columns {
            let part = histogram + column * FeatureBins.count
            let missing = part[FeatureBins.missing]
            for missingLeft in missing & 0xFFFF_FFFF > 0 ? [false, true] : [false] {
                var left: UInt64 = missingLeft ? missing : 0
                for bin in 0..<FeatureBins.missing {
                    left &+= part[bin]
                    let leftRows = rows(left)
                    guard leftRows >= leastRows else { continue }
                    let rightRows = n - leftRows
                    guard rightRows >= leastRows else { break }
                    let leftGradient = below(left) - level * leftRows
                    let rightGradient = gradient - leftGradient
                    let gain =
                        leftGradient * leftGradient / (leftRows + penalty) + rightGradient * rightGradient / (rightRows + penalty) - whole
                    if gain > (best?.gain ?? 1e-9) {
                        best = Split(gain: gain, column: column, bin: bin, missingLeft: missingLeft, leftRows: Int(leftRows))
                    }
                }
            }
        }
        return best
    }
}
