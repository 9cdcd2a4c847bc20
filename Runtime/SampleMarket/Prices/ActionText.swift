import Market

/// Reads `actions.txt`: `symbol ex-date split|dividend value` a line.
enum ActionText {
    static func read(_ text: [UInt8], file: String) throws(SampleDataError) -> [String: [CorporateAction]] {
        var actions: [String: [CorporateAction]] = [:]
        for (index, bytes) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count == 4, let date = SessionDate(words[1]), let value = Double(words[3]), value > 0,
                let kind = kind(words[2], value)
            else {
                throw SampleDataError(file: file, line: index + 1, reason: "expected “symbol date split|dividend value”")
            }
            actions[String(first), default: []].append(CorporateAction(exDate: date, kind: kind))
        }
        return actions.mapValues { $0.sorted { $0.exDate < $1.exDate } }
    }

    private static func kind(_ word: Substring, _ value: Double) -> CorporateAction.Kind? {
        switch word {
        case "split": .split(numerator: value, denominator: 1)
        case "dividend": .dividend(Price(value))
        default: nil
        }
    }
}
