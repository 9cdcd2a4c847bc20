/// The largest of the last `length` values in amortised constant time: a queue of the values that can still become it.
struct WindowExtreme: Sendable {
    private let length: Int
    private let least: Int
    private var values: [Double]
    private var steps: [Int]
    private var front = 0
    private var queued = 0
    private var step = 0

    /// `length` at most 255. Fewer than max(2, ⌊0.8 · length⌋) values have no extreme.
    init(_ length: Int) {
        self.length = length
        least = max(2, length * 8 / 10)
        values = [Double](repeating: 0, count: 256)
        steps = [Int](repeating: 0, count: 256)
    }

    mutating func push(_ value: Double) {
        while queued > 0, values[(front &+ queued &- 1) & 255] <= value { queued &-= 1 }
        if queued > 0, steps[front] <= step - length {
            front = (front &+ 1) & 255
            queued &-= 1
        }
        values[(front &+ queued) & 255] = value
        steps[(front &+ queued) & 255] = step
        queued &+= 1
        step &+= 1
    }

    var largest: Double { step < least ? .nan : values[front] }

    mutating func pass(_ coder: inout some StateCoder) {
        coder.pass(&step)
        coder.pass(&queued)
        queued = min(max(queued, 0), 256)
        for index in 0..<queued {
            coder.pass(&values[(front &+ index) & 255])
            coder.pass(&steps[(front &+ index) & 255])
        }
    }
}
