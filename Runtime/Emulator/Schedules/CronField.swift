import Formats

/// Parses the numeric fields of a cron expression: `*`, `a`, `a-b`, `a/step`, `a-b/step`, joined by commas.
enum CronField {
    static let months = CivilDate.monthAbbreviations.map { $0.uppercased() }
    static let weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

    static func set(
        _ text: Substring, _ range: ClosedRange<Int>, names: [String] = [], _ label: String
    ) throws(ScheduleError) -> Set<Int> {
        var result: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            var step = 1
            if halves.count == 2 {
                guard let number = Int(halves[1]), number > 0 else { throw bad(part, label) }
                step = number
            }
            let bounds: ClosedRange<Int>
            if halves[0] == "*" {
                bounds = range
            } else {
                let ends = halves[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
                let first = try number(ends[0], range, names, label)
                let last = ends.count == 2 ? try number(ends[1], range, names, label) : halves.count == 2 ? range.upperBound : first
                if last < first {
                    // FRI-MON, DEC-FEB, 22-2: the range wraps around.
                    guard step == 1 else { throw bad(part, label) }
                    result.formUnion(Array(first...range.upperBound) + Array(range.lowerBound...last))
                    continue
                }
                bounds = first...last
            }
            result.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
        }
        return result
    }

    static func number(
        _ text: Substring, _ range: ClosedRange<Int>, _ names: [String], _ label: String
    ) throws(ScheduleError) -> Int {
        if let index = names.firstIndex(of: text.uppercased()) { return range.lowerBound + index }
        guard let number = Int(text), range.contains(number) else { throw bad(text, label) }
        return number
    }

    static func bad(_ text: Substring, _ label: String) -> ScheduleError { ScheduleError("cron: \"\(text)\" is not a valid \(label)") }
}
