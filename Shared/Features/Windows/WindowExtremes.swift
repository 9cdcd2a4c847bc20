/// The largest of each last `length` values, without a branch: maxima over 1, 2, 4 … values, the last two of them overlapping.
///
/// - Parameters:
///   - work: `length` - 1 values of the past, then `count` new ones, and room for sixteen more. Overwritten: `work[i]` becomes the
///     largest of the `length` values from there on, so that the new session i has its answer at `work[i]`.
func slideMaxima(_ work: UnsafeMutablePointer<Double>, count: Int, length: Int) {
    var width = 1
    let end = count + length - 1
    while width < length {
        let step = min(width, length - width)
        for i in stride(from: 0, to: end - width - step + 1, by: 4) {
            let (older, newer) = (work.four(i), work.four(i + step))
            work.store(greater(newer, older), i)
        }
        width += step
    }
}
