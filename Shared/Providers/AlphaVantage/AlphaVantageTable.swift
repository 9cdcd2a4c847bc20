import Formats
import Market

/// The rows of one of Alpha Vantage's series, JSON or CSV, in the provider's order (newest first).
package struct AlphaVantageTable {
    private(set) var rows: [Row] = []
    /// `Last Refreshed`, with a clock time only until the session has closed; nil in CSV.
    private(set) var refreshed: String?
    /// The IANA name of the time zone; nil in CSV.
    private(set) var zone: String?
    /// The currency of a pair's prices; nil in CSV and for shares.
    private(set) var currency: String?
    /// False for pairs of currencies.
    private(set) var hasVolumes = true

    /// The names of the daily series of shares, of pairs of currencies and of crypto.
    private static let daily = ["Time Series (Daily)", "Time Series FX (Daily)", "Time Series (Digital Currency Daily)"]

    /// nil when there is no series of a wanted name.
    init?(json: JSONView, series isWanted: (String) -> Bool = { daily.contains($0) }) {
        guard let series = json.members?.first(where: { isWanted($0.key) })?.value.members else { return nil }
        json["Meta Data"]?.members?.forEach { member in
            switch AlphaVantageTable.label(member.key) {
            case "lastrefreshed": refreshed = member.value.string
            case "timezone": zone = member.value.string
            case "tosymbol", "marketcode": currency = member.value.string
            default: break
            }
        }
        var labels: [String: String] = [:]
        rows = series.map { Row(stamp: $0.key, $0.value, &labels) }
        hasVolumes = currency == nil || rows.contains { $0.fields.volume != nil }
    }

    /// nil when the header is not `timestamp,open,high,low,close,volume` or that of the adjusted function, in any order.
    init?(csv table: CSVTable) {
        let labels = table.names
        guard let date = table.column("timestamp"), ["open", "high", "low", "close"].allSatisfy(labels.contains) else { return nil }
        guard !labels.contains("adjustedclose") || labels.contains("splitcoefficient") else { return nil }
        hasVolumes = labels.contains("volume")
        rows = (0..<table.count).map { Row(table, row: $0, date: date) }
    }

    /// Whether at least twelve rows are all a week or a month apart.
    ///
    /// Weekly and monthly series have the same header as daily ones; a share that seldom trades has gaps of any length. The newest row does
    /// not count: its week or month may not be over.
    var isOfLongerPeriods: Bool {
        let days = rows.prefix(40).compactMap { SessionDate($0.stamp.prefix(10)) }.sorted(by: >)
        guard days.count >= 12 else { return false }
        let gaps = zip(days.dropFirst(), days.dropFirst(2)).map { $0.day - $1.day }
        return [5...9, 26...35].contains { period in gaps.allSatisfy { period.contains($0) } }
    }

    /// The stamps of two rows at different times of one date; nil without such rows. Intraday series have the same header.
    var rowsWithinOneDay: (String, String)? {
        zip(rows, rows.dropFirst()).first { $0.stamp != $1.stamp && $0.stamp.prefix(10) == $1.stamp.prefix(10) }.map {
            ($0.stamp, $1.stamp)
        }
    }

    /// Converts a member's name to a column name of `CSVTable`: lower case, without number, blanks, underscores and currency.
    ///
    /// `5. adjusted close`, `adjusted_close` and `adjusted close` are all `adjustedclose`; `1a. open (CNY)` is `open`.
    static func label(_ key: String) -> String {
        var bytes = key.utf8[...]
        let digits = bytes.prefix { (48...57).contains($0) }.count
        let number = bytes.dropFirst(digits).drop { (97...122).contains($0) }
        // A row may have both `1a. open (CNY)` and `1b. open (USD)`.
        if digits > 0, bytes.count - number.count <= digits + 1, number.starts(with: ". ".utf8) { bytes = number.dropFirst(2) }
        let name = bytes.prefix { $0 != UInt8(ascii: "(") }.filter { $0 != 32 && $0 != UInt8(ascii: "_") }
        return String(decoding: name.map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
