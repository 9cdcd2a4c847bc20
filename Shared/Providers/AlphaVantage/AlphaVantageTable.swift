import Market

/// The rows of an answer, JSON or CSV, in the provider's order (newest first).
struct AlphaVantageTable {
    struct Row {
        let stamp: String
        /// Values by label, the number before the label and any underscores taken off.
        let fields: [(label: String, text: String)]

        /// The figure of a label, or of the label with a currency behind it (`open (usd)`).
        func number(_ label: String) -> Double? {
            fields.first { $0.label == label || $0.label.hasPrefix(label + " (") }.flatMap { DecimalText.number($0.text) }
        }

        var text: String { ([stamp] + fields.map(\.text)).joined(separator: ",") }
    }

    private(set) var rows: [Row] = []
    /// `Last Refreshed`, with a clock time only while its day is unfinished; nil in CSV.
    private(set) var refreshed: String?
    /// Nil in CSV.
    private(set) var zone: String?
    /// Of pairs, what the prices are in; nil in CSV and of shares.
    private(set) var currency: String?
    /// Pairs of currencies have none.
    private(set) var hasVolumes = true

    /// The names of daily series: of shares, of pairs of currencies and of crypto.
    private static let daily = ["Time Series (Daily)", "Time Series FX (Daily)", "Time Series (Digital Currency Daily)"]

    /// Nil when there is no series whose name is wanted.
    init?(json: JSONValue, series isWanted: (String) -> Bool = { daily.contains($0) }) {
        guard let series = json.members?.first(where: { isWanted($0.key) })?.value.members else { return nil }
        for member in json["Meta Data"]?.members ?? [] {
            switch AlphaVantageTable.label(member.key) {
            case "last refreshed": refreshed = member.value.string
            case "time zone": zone = member.value.string
            case "to symbol", "market code": currency = member.value.string
            default: break
            }
        }
        rows.reserveCapacity(series.count)
        for day in series {
            let fields = (day.value.members ?? []).map {
                (label: AlphaVantageTable.label($0.key), text: $0.value.string ?? $0.value.number.map { "\($0)" } ?? "")
            }
            rows.append(Row(stamp: day.key, fields: fields))
        }
        hasVolumes = currency == nil || rows.contains { $0.number("volume") != nil }
    }

    /// Nil when the header is not that of a daily function: `timestamp,open,high,low,close,volume` or the adjusted one, by name.
    init?(csv: [UInt8]) {
        let lines = csv.split { $0 == 10 || $0 == 13 }
        guard let header = lines.first.map(AlphaVantageTable.cells), header.contains(where: { $0.hasSuffix("timestamp") }) else {
            return nil
        }
        let labels = header.map { AlphaVantageTable.label($0) }
        let isAdjusted = labels.contains("adjusted close")
        guard ["open", "high", "low", "close"].allSatisfy(labels.contains) else { return nil }
        hasVolumes = labels.contains("volume")
        guard !isAdjusted || labels.contains("split coefficient") else { return nil }
        rows = lines.dropFirst().map { line in
            let cells = AlphaVantageTable.cells(line)
            return Row(stamp: cells.first ?? "", fields: Array(zip(labels, cells).dropFirst()).map { (label: $0.0, text: $0.1) })
        }
    }

    private static func cells(_ line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a dozen rows or more stand a week or a month apart throughout: the same header stands above weeks and months, but a share
    /// that seldom trades has gaps of any length. The newest, which may be of a week or month that goes on, does not count.
    var isOfLongerPeriods: Bool {
        let days = rows.prefix(40).compactMap { SessionDate($0.stamp.prefix(10)) }.sorted(by: >)
        guard days.count >= 12 else { return false }
        let gaps = zip(days.dropFirst(), days.dropFirst(2)).map { $0.day - $1.day }
        return [5...9, 26...35].contains { period in gaps.allSatisfy { period.contains($0) } }
    }

    /// Two rows of one date at different times: the same header stands above minutes.
    var partsOfOneDay: (String, String)? {
        zip(rows, rows.dropFirst()).first { $0.stamp != $1.stamp && $0.stamp.prefix(10) == $1.stamp.prefix(10) }.map {
            ($0.stamp, $1.stamp)
        }
    }

    /// `5. adjusted close`, `adjusted_close` and `adjusted close` are one label; `3. Last Refreshed` is compared in lower case.
    static func label(_ key: String) -> String {
        var bytes = Array(key.utf8)
        var digits = bytes.prefix { (48...57).contains($0) }.count
        // `1a. open (CNY)` stands beside `1b. open (USD)`.
        if digits > 0, digits < bytes.count, (97...122).contains(bytes[digits]) { digits += 1 }
        if digits > 0, bytes.count > digits + 1, bytes[digits] == UInt8(ascii: "."), bytes[digits + 1] == 32 {
            bytes.removeFirst(digits + 2)
        }
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "_") { bytes[index] = 32 }
            if (65...90).contains(bytes[index]) { bytes[index] |= 0x20 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
