import Glibc
import Market

/// What a `Retry-After` header asks for: seconds, or a date of HTTP (`Wed, 21 Oct 2026 07:28:00 GMT`).
enum RetryAfter {
    /// A day: who asks for longer has the limit of a day or a broken clock.
    private static let longest = 86_400.0

    /// nil without the header, and for other text. A date is compared with the answer's own `Date`, so that no clock need agree with the
    /// server's; with this machine's where there is none.
    static func seconds(_ headers: [(name: String, value: String)]) -> Double? {
        let header = { (name: String) in headers.first { $0.name.lowercased() == name }?.value }
        guard let value = header("retry-after") else { return nil }
        if let seconds = Double(value), seconds.isFinite { return min(max(0, seconds), longest) }
        guard let until = instant(value) else { return nil }
        let now = header("date").flatMap { instant($0) } ?? Instant(seconds: Int64(time(nil)))
        return min(max(0, until - now), longest)
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// An IMF-fixdate of RFC 9110; the name of its weekday is not looked at.
    private static func instant(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[0].hasSuffix(","),
            let month = months.firstIndex(of: words[2].lowercased()), words[1].count == 2
        else { return nil }
        let number = String(month + 1)
        return Instant("\(words[3])-\(number.count == 1 ? "0" : "")\(number)-\(words[1])T\(words[4])Z")
    }
}
