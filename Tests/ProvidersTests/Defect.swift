import Hashing
import Market
import TestVectors

/// A way in which price histories are wrong.
enum Defect: String, CaseIterable {
    case null, order, nonPositive, duplicate, noSession, gap, hundredfold, pence, penceFrom, level, unknownSplit, unknownReverseSplit
    case eventOnly, zeroVolume, stale, outlier

    /// The rules that may find it: a day out of line is either a level of one day or a return.
    var rules: Set<String> {
        switch self {
        case .null: [ValidationRuleName.nullField]
        case .order: [ValidationRuleName.priceOrder]
        case .nonPositive: [ValidationRuleName.nonPositivePrice]
        case .duplicate: [ValidationRuleName.duplicateSession]
        case .noSession: [ValidationRuleName.notASession]
        case .gap: [ValidationRuleName.missingSession]
        case .hundredfold, .pence, .penceFrom: [ValidationRuleName.unitError]
        case .level, .outlier: [ValidationRuleName.singleSessionSpike, ValidationRuleName.unexplainedReturn, ValidationRuleName.priceOrder]
        case .unknownSplit, .unknownReverseSplit: [ValidationRuleName.splitWithoutEvent]
        case .eventOnly: [ValidationRuleName.eventWithoutSplit]
        case .zeroVolume: [ValidationRuleName.zeroVolume]
        case .stale: [ValidationRuleName.staleRepeat]
        }
    }

    func inject(into rows: inout [RawBar], _ actions: inout [CorporateAction], at index: Int, using random: inout SplitMix64) {
        let sign = Bool.random(using: &random)
        switch self {
        case .null:
            switch Int.random(in: 0..<5, using: &random) {
            case 0: rows[index].open = nil
            case 1: rows[index].high = nil
            case 2: rows[index].low = nil
            case 3: rows[index].close = nil
            default: rows[index].volume = nil
            }
        case .order: rows[index].high = (rows[index].low ?? 0) * Double.random(in: 0.9...0.995, using: &random)
        case .nonPositive: rows[index].low = sign ? 0 : -(rows[index].low ?? 1)
        case .duplicate: rows.insert(rows[index], at: index + 1)
        case .noSession:
            var date = rows[index].session
            while date.weekday != (sign ? 6 : 7) { date = date.advanced(by: 1) }
            var row = rows[index]
            row.session = date
            rows.insert(row, at: index + 1)
        case .gap: rows.remove(at: index)
        case .hundredfold: scale(&rows, index..<(index + 1), by: 100)
        case .pence: scale(&rows, index..<(index + Int.random(in: 1...15, using: &random)), by: sign ? 0.01 : 100)
        case .penceFrom: scale(&rows, index..<rows.count, by: 0.01)
        case .level: scale(&rows, index..<(index + 1), by: sign ? Double.random(in: 1.4...3, using: &random) : 0.5)
        case .unknownSplit:
            let ratio = pick([1.5, 2, 3, 4, 7, 10], &random)
            scale(&rows, 0..<index, by: ratio, volume: sign)
        case .unknownReverseSplit:
            scale(&rows, 0..<index, by: 1 / pick([2, 3, 4, 5, 8, 10], &random), volume: sign)
        case .eventOnly:
            let ratio = pick([1.5, 2, 3, 4, 7, 0.5, 0.2, 0.1], &random)
            actions.append(CorporateAction(exDate: rows[index].session, kind: .split(numerator: ratio, denominator: 1)))
        case .zeroVolume: rows[index].volume = 0
        case .stale:
            let before = rows[index - 1]
            let session = rows[index].session
            rows[index] = before
            rows[index].session = session
        case .outlier:
            let factor = Double.random(in: 1.35...2, using: &random)
            rows[index].close = (rows[index].close ?? 0) * (sign ? factor : 1 / factor)
            rows[index].high = max(rows[index].high ?? 0, rows[index].close ?? 0)
            rows[index].low = min(rows[index].low ?? 0, rows[index].close ?? 0)
        }
    }

    private func pick(_ ratios: [Double], _ random: inout SplitMix64) -> Double { ratios[Int.random(in: 0..<ratios.count, using: &random)] }

    private func scale(_ rows: inout [RawBar], _ range: Range<Int>, by factor: Double, volume: Bool = false) {
        for index in range {
            rows[index].open = rows[index].open.map { $0 * factor }
            rows[index].high = rows[index].high.map { $0 * factor }
            rows[index].low = rows[index].low.map { $0 * factor }
            rows[index].close = rows[index].close.map { $0 * factor }
            if volume { rows[index].volume = rows[index].volume.map { $0 / factor } }
        }
    }
}

/// The development price files, rows by symbol as they stand.
enum DailyFile {
    static func histories(_ name: String, volumeColumn: Int) throws -> [String: [RawBar]] {
        var histories: [String: [RawBar]] = [:]
        for line in try Vectors.lines("data/\(name).csv.gz").dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard let session = SessionDate(cells[0]) else { continue }
            let values = [2, 3, 4, 5, volumeColumn].map { Double(cells[$0]) }
            histories[String(cells[1]), default: []].append(
                RawBar(
                    session: session, open: values[0], high: values[1], low: values[2], close: values[3], volume: values[4]))
        }
        return histories
    }
}
