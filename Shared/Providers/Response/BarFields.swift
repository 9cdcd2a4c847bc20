import Formats
import Market

/// The JSON members (or columns) that hold the fields of a bar.
struct BarNames {
    /// Open, high, low, close and volume.
    let list: [StaticString]

    init(_ open: StaticString, _ high: StaticString, _ low: StaticString, _ close: StaticString, _ volume: StaticString) {
        list = [open, high, low, close, volume]
    }

    static let full = BarNames("open", "high", "low", "close", "volume")
    static let letters = BarNames("o", "h", "l", "c", "v")
}

/// The fields of one row as the provider sent them; nil for null, a missing field or no number.
struct BarFields {
    var open, high, low, close, volume: Double?

    init(_ row: JSONView, _ names: BarNames) {
        row.forEachMember(named: names.list) { index, value in
            switch index {
            case 0: open = value.number
            case 1: high = value.number
            case 2: low = value.number
            case 3: close = value.number
            default: volume = value.number
            }
        }
    }

    init(open: Double?, high: Double?, low: Double?, close: Double?, volume: Double?) {
        (self.open, self.high, self.low, self.close, self.volume) = (open, high, low, close, volume)
    }

    /// Whether all four prices are missing, as in an interval without a trade.
    var hasNoPrice: Bool { open == nil && high == nil && low == nil && close == nil }

    func row(_ session: SessionDate) -> RawBar {
        RawBar(session: session, open: open, high: high, low: low, close: close, volume: volume)
    }

    /// The fields with the values that the repairs give them.
    func applying(_ repairs: [Repair]) -> BarFields {
        let row = repairs.reduce(row(SessionDate(day: 0))) { $1.applied(to: $0) }
        return BarFields(open: row.open, high: row.high, low: row.low, close: row.close, volume: row.volume)
    }

    /// The row as comma-separated text, its date or time stamp first.
    func text(_ stamp: String) -> String {
        stamp + [open, high, low, close, volume].map { "," + ($0.map { "\($0)" } ?? "") }.joined()
    }
}
