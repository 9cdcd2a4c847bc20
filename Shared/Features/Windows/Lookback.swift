/// The last 256 values of one series: `[0]` is the newest, `[k]` the one k steps before.
struct Lookback: Sendable {
    private var items = [Double](repeating: .nan, count: 256)
    private var head = 0

    mutating func push(_ value: Double) {
        head = (head &+ 1) & 255
        items[head] = value
    }

    /// Meaningful for `back` in 0…255 that has been pushed.
    subscript(back: Int) -> Double { items[(head &- back) & 255] }

    /// The newest `depth` values, oldest first; the ones before them are lost on the way.
    mutating func pass(_ coder: inout some StateCoder, depth: Int) {
        for back in stride(from: depth - 1, through: 0, by: -1) { coder.pass(&items[(head &- back) & 255]) }
    }
}
