import Formats

/// The hours of a session, in local seconds since midnight: one interval, or two around a lunch break.
package struct SessionHours: Hashable, Sendable {
    /// The open; negative for a session that opens on the evening before.
    package let open: Int
    package let close: Int
    /// The lunch break; nil for a session of one interval.
    package let lunch: Lunch?

    /// A break without trading.
    package struct Lunch: Hashable, Sendable {
        package let start, end: Int

        package init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }
    }

    package init(open: Int, close: Int, lunch: Lunch? = nil) {
        self.open = open
        self.close = close
        self.lunch = lunch
    }

    /// Parses `0930-1600`, or `0900-1130,1230-1500` with a lunch break; nil for any other text. A minus sign means the day before: `-0600` is
    /// 18:00 of that day.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ",").map { SessionHours.interval($0) }
        guard let first = parts.first ?? nil else { return nil }
        switch parts.count {
        case 1: self.init(open: first.open, close: first.close)
        case 2:
            guard let second = parts[1] else { return nil }
            self.init(open: first.open, close: second.close, lunch: Lunch(start: first.close, end: second.open))
        default: return nil
        }
    }

    private static func interval(_ text: some StringProtocol) -> (open: Int, close: Int)? {
        let isBefore = text.first == "-"
        let parts = text.split(separator: "-")
        guard parts.count == 2, let open = clock(parts[0]), let close = clock(parts[1]) else { return nil }
        return (isBefore ? -open : open, close)
    }

    private static func clock(_ text: some StringProtocol) -> Int? {
        guard text.utf8.count == 4, let number = Int(text) else { return nil }
        return number / 100 * 3600 + number % 100 * 60
    }
}
