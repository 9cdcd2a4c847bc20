import Market

/// Reads `actions.txt`; each line is `symbol ex-date split|dividend value`.
enum ActionFileReader {
    static func read(_ text: [UInt8], file: String) throws(SampleDataError) -> [String: [CorporateAction]] {
        var actions: [String: [CorporateAction]] = [:]
        for (index, bytes) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            guard fields.count == 4, let date = SessionDate(fields[1]), let value = Double(fields[3]), value > 0,
                let kind = kind(fields[2], value)
            else {
                throw SampleDataError(file: file, line: index + 1, reason: "expected “symbol date split|dividend value”")
            }
            actions[String(first), default: []].append(CorporateAction(exDate: date, kind: kind))
        }
        return actions.mapValues { $0.sorted { $0.exDate < $1.exDate } }
    }

    private static func kind(_ name: Substring, _ value: Double) -> CorporateAction.Kind? {
        switch name {
        case "split": .possibleSplit(value, for: 1)
        case "dividend": Price(value).map { .dividend($0) }
        default: nil
        }
    }
}
