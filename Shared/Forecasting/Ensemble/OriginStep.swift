import Market

/// How much time an origin stands for, so that what is learned from origins of every session and of every fifth one agrees.
enum OriginStep {
    /// Sessions after one origin through the next, at least 1; the first origin of all stands for 1. A weekday counts as a session.
    static func sessions(after last: SessionDate?, through origin: SessionDate, atMost limit: Int) -> Int {
        guard let last else { return 1 }
        let days = max(0, min(Int(origin.day) - Int(last.day), 7 * limit))
        return min(max((0..<days).count { last.advanced(by: $0 + 1).weekday <= 5 }, 1), limit)
    }
}
