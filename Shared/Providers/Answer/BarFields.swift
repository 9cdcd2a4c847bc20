import Market

/// The members (or columns) in which a provider gives a bar.
struct BarNames {
    let open, high, low, close, volume: String

    init(_ open: String, _ high: String, _ low: String, _ close: String, _ volume: String) {
        (self.open, self.high, self.low, self.close, self.volume) = (open, high, low, close, volume)
    }

    static let full = BarNames("open", "high", "low", "close", "volume")
    static let letters = BarNames("o", "h", "l", "c", "v")
}

/// The figures of one row before it is trusted; nil where the provider gave null, nothing or no number.
struct BarFields {
    var open, high, low, close, volume: Double?

    init(_ row: JSONValue, _ names: BarNames) {
        guard let members = row.members else { return }
        for member in members {
            switch member.key {
            case names.open: open = member.value.number
            case names.high: high = member.value.number
            case names.low: low = member.value.number
            case names.close: close = member.value.number
            case names.volume: volume = member.value.number
            default: break
            }
        }
    }

    init(open: Double?, high: Double?, low: Double?, close: Double?, volume: Double?) {
        (self.open, self.high, self.low, self.close, self.volume) = (open, high, low, close, volume)
    }

    func row(_ session: SessionDate) -> RawBar {
        RawBar(session: session, open: open, high: high, low: low, close: close, volume: volume)
    }

    /// The figures with what was mended.
    func applying(_ repairs: [Repair]) -> BarFields {
        let row = repairs.reduce(row(SessionDate(day: 0))) { $1.applied(to: $0) }
        return BarFields(open: row.open, high: row.high, low: row.low, close: row.close, volume: row.volume)
    }

    /// The row as comma-separated text behind its stamp.
    func text(_ stamp: String) -> String {
        stamp + [open, high, low, close, volume].map { "," + ($0.map { "\($0)" } ?? "") }.joined()
    }
}

extension AnswerRows {
    /// Adds a daily row as it stands: prices in `unit`, a session provisional until its close has passed.
    mutating func addDaily(
        _ fields: BarFields, stamp: String, session: SessionDate?, ordinal: Int, asOf: Instant, zone: Zone?, unit: CurrencyUnit,
        price: (Double) -> Price = { Price($0) }
    ) {
        guard let session else { return reject(ordinal, nil, "bad-date", "not a date: \(stamp)", fields.text(stamp)) }
        let isProvisional = calendar.map { $0.close(of: session) > asOf } ?? ((zone?.localDate(at: asOf) ?? asOf.utcDate) <= session)
        add(fields.row(session), ordinal: ordinal, isProvisional: isProvisional, text: { fields.text(stamp) }) { values in
            values.bar(volume: values.volume) { unit.major(price($0)) }
        }
    }
}
