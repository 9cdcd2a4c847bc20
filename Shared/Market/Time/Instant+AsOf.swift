extension Instant {
    /// The moment that a reader means by `as_of`: an RFC 3339 time, or a date, which stands for its last microsecond in UTC.
    ///
    /// - Parameters:
    ///   - asOf: as the reader wrote it; nil when it is neither.
    ///   - now: the request's own time; a date that is not over yet means now.
    package init?(asOf text: some StringProtocol, now: Instant) {
        if let date = SessionDate(text) {
            let end = Instant(microseconds: Instant.utcMidnight(date.advanced(by: 1)).microseconds - 1)
            self = date == now.utcDate ? min(end, now) : end
        } else if let instant = Instant(text) {
            self = instant
        } else {
            return nil
        }
    }
}
