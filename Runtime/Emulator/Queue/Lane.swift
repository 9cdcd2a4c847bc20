/// Deliveries to one function that are due, and how many are under way.
struct Lane {
    /// One delivery of the event `id`; an event may owe several when faults are injected.
    typealias Delivery = String

    /// Invocations at once.
    let width: Int
    private var ready: [Delivery] = []
    private var head = 0
    var running = 0

    init(width: Int) { self.width = width }

    var readyCount: Int { ready.count - head }
    var isQuiet: Bool { running == 0 && readyCount == 0 }

    mutating func add(_ delivery: Delivery) { ready.append(delivery) }

    /// The next delivery if there is room for it: the oldest, or any when `random` decides.
    mutating func take(random: ((Range<Int>) -> Int)?) -> Delivery? {
        guard running < width, head < ready.count else { return nil }
        if let random { ready.swapAt(head, random(head..<ready.count)) }
        defer {
            head += 1
            if head == ready.count || head > 512 {
                ready.removeFirst(head)
                head = 0
            }
        }
        running += 1
        return ready[head]
    }
}
