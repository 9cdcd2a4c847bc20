/// The dates of HTTP headers such as `Date` and `Retry-After` (RFC 9110, IMF-fixdate).
package enum HTTPDate {
    /// Seconds since 1970 of a text like `Sun, 06 Nov 1994 08:49:37 GMT`; nil for any other text and for years beyond 1…9999. The name of
    /// the weekday is not checked.
    package static func seconds(_ text: String) -> Int64? {
        let parts = text.split { $0 == " " || $0 == ":" }
        guard parts.count == 8, parts[0].hasSuffix(","), parts[7] == "GMT", let day = Int(parts[1]),
            let month = CivilDate.month(abbreviation: parts[2]), let year = Int(parts[3]), let hour = Int64(parts[4]),
            let minute = Int64(parts[5]), let second = Int64(parts[6]), (1...9999).contains(year),
            (1...CivilDate.length(ofMonth: month, year: year)).contains(day), (0..<24).contains(hour), (0..<60).contains(minute),
            (0...60).contains(second)
        else { return nil }
        return Int64(CivilDate(year: year, month: month, day: day).days) * 86_400 + hour * 3_600 + minute * 60 + second
    }
}

/// The `Retry-After` header (RFC 9110).
package enum RetryAfter {
    /// The longest pause that is believed: a server that asks for more has a daily limit or a broken clock.
    package static let longest = 86_400.0

    /// The pause that the header asks for in seconds, 0…`longest`; nil without the header and for other text.
    ///
    /// - Parameters:
    ///   - value: seconds or an HTTP date.
    ///   - date: the response's own `Date` header, which a date is compared with, so that the two machines' clocks need not agree.
    ///   - now: seconds since 1970, for responses without a `Date`.
    package static func seconds(_ value: String?, date: String?, now: @autoclosure () -> Int64) -> Double? {
        guard let value else { return nil }
        if let seconds = Double(value) { return seconds.isFinite ? min(max(0, seconds), longest) : nil }
        guard let until = HTTPDate.seconds(value) else { return nil }
        return min(max(0, Double(until - (date.flatMap(HTTPDate.seconds) ?? now()))), longest)
    }
}
