import Market

/// Wall-clock stamps without an offset.
enum LocalStamp {
    /// The instant of `2021-09-16 15:59:00` (or with a T, or without seconds) in a zone; nil for anything else.
    static func instant(_ text: some StringProtocol, _ zone: Zone) -> Instant? {
        guard text.utf8.count == 19 || text.utf8.count == 16, let date = SessionDate(text.prefix(10)) else { return nil }
        let seconds = text.utf8.count == 19 ? "" : ":00"
        guard let wall = Instant(text.prefix(10) + "T" + text.dropFirst(11) + seconds + "Z") else { return nil }
        return zone.instant(date, secondsIntoDay: Int(wall.seconds - Instant.utcMidnight(date).seconds))
    }
}
