import Formats
import FoundationEssentials

/// A time zone from embedded data: the same on every machine, without ICU and system files.
package struct MarketTimeZone: Sendable {
    package let name: String
    /// Seconds since 1970 at which the offset changes, ascending, and the new offsets in seconds east of UTC.
    private let transitions: [Int64]
    private let offsets: [Int32]
    private let initialOffset: Int32
    /// The rule for instants after the last transition; nil means the last offset stays in force.
    private let rule: PosixTimeZoneRule?

    /// The embedded zone of an IANA name; nil for a zone that is not embedded.
    package init?(_ name: String) {
        guard let text = TimeZoneData.base64(name), let data = Data(base64Encoded: text) else { return nil }
        self.init(name: name, tzif: [UInt8](data))
    }

    /// A zone with a constant offset in seconds east of UTC, within a day.
    package init(name: String, offset seconds: Int) {
        self.name = name
        (transitions, offsets, initialOffset, rule) = ([], [], Int32(truncatingIfNeeded: seconds), nil)
    }

    /// Parses TZif version 2 or later (RFC 8536): the 64-bit block and the footer. nil when malformed.
    package init?(name: String, tzif: [UInt8]) {
        func count(_ header: Int, _ field: Int) -> Int {
            tzif[(header + 20 + field * 4)..<(header + 24 + field * 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        func bodySize(_ header: Int, _ timeSize: Int) -> Int {
            let (utc, standard, leaps) = (count(header, 0), count(header, 1), count(header, 2))
            return count(header, 3) * (timeSize + 1) + count(header, 4) * 6 + count(header, 5) + leaps * (timeSize + 4) + standard + utc
        }
        guard tzif.count >= 88, tzif.starts(with: "TZif".utf8), tzif[4] >= UInt8(ascii: "2") else { return nil }
        let header = 44 + bodySize(0, 4)
        guard tzif.count >= header + 44 else { return nil }
        let (times, types) = (count(header, 3), count(header, 4))
        let start = header + 44
        let typeStart = start + times * 9
        let footer = start + bodySize(header, 8)
        guard types > 0, tzif.count > footer else { return nil }
        func offset(_ type: Int) -> Int32 {
            let at = typeStart + type * 6
            return Int32(bitPattern: tzif[at..<(at + 4)].reduce(0) { $0 << 8 | UInt32($1) })
        }
        let kinds = tzif[(start + times * 8)..<(start + times * 9)]
        guard kinds.allSatisfy({ $0 < types }) else { return nil }
        transitions = (0..<times).map { index in
            let at = start + index * 8
            return Int64(bitPattern: tzif[at..<(at + 8)].reduce(0) { $0 << 8 | UInt64($1) })
        }
        offsets = kinds.map { offset(Int($0)) }
        initialOffset = offset(0)
        rule = PosixTimeZoneRule(tzif[footer...].filter { $0 != UInt8(ascii: "\n") })
        self.name = name
    }

    /// Seconds east of UTC in force at the instant.
    package func offset(at instant: Instant) -> Int { offset(atSecond: instant.seconds) }

    /// The local calendar date of the instant.
    package func localDate(at instant: Instant) -> SessionDate {
        let local = instant.seconds + Int64(offset(at: instant))
        return SessionDate(day: Int32(truncatingIfNeeded: local >= 0 ? local / 86_400 : (local - 86_399) / 86_400))
    }

    /// The instant of a local wall-clock time. A time that occurs twice means the first; a time that a clock change skips is read with the
    /// offset before the change.
    package func instant(_ date: SessionDate, secondsIntoDay: Int) -> Instant {
        let local = Int64(date.day) * 86_400 + Int64(secondsIntoDay)
        let before = offset(atSecond: local - 86_400)
        let after = offset(atSecond: local + 86_400)
        for candidate in [before, after] where offset(atSecond: local - Int64(candidate)) == candidate {
            return Instant(seconds: local - Int64(candidate))
        }
        return Instant(seconds: local - Int64(before))
    }

    /// The instant of a local time such as `2021-09-16 15:59:00`, also with a T or without seconds; nil for any other text.
    package func instant(localTime text: some StringProtocol) -> Instant? {
        guard text.utf8.count == 19 || text.utf8.count == 16, let date = SessionDate(text.prefix(10)) else { return nil }
        let seconds = text.utf8.count == 19 ? "" : ":00"
        guard let wall = Instant(text.prefix(10) + "T" + text.dropFirst(11) + seconds + "Z") else { return nil }
        return instant(date, secondsIntoDay: Int(wall.seconds - Instant.utcMidnight(date).seconds))
    }

    private func offset(atSecond second: Int64) -> Int {
        guard let last = transitions.last, second >= transitions[0] else {
            return transitions.isEmpty ? rule?.offset(atSecond: second) ?? Int(initialOffset) : Int(initialOffset)
        }
        if second >= last, let rule { return rule.offset(atSecond: second) }
        var low = 0
        var high = transitions.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if transitions[middle] <= second { low = middle } else { high = middle }
        }
        return Int(offsets[low])
    }
}
