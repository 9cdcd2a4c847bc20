import DequeModule

/// The deliveries to one function that are due, and how many of its concurrent invocations are in use.
struct DeliverySlots {
    /// One delivery of an event, given by the event's id. Fault injection makes several deliveries of one event.
    typealias Delivery = String

    /// The most invocations of the function at once.
    let limit: Int
    private var due: Deque<Delivery> = []
    private(set) var inUse = 0

    init(limit: Int) { self.limit = limit }

    var isIdle: Bool { inUse == 0 && due.isEmpty }

    mutating func append(_ delivery: Delivery) { due.append(delivery) }

    /// Takes the next delivery if a slot is free: the oldest one, or any one that `random` picks from a range.
    mutating func takeNext(random: ((Range<Int>) -> Int)?) -> Delivery? {
        guard inUse < limit, !due.isEmpty else { return nil }
        if let random { due.swapAt(0, random(0..<due.count)) }
        inUse += 1
        return due.popFirst()
    }

    mutating func release() { inUse -= 1 }
}
