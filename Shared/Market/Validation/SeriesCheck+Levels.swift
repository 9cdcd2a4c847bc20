import Glibc

extension SeriesCheck {
    /// Fields a hundredfold or a hundredth of the level around them. Repaired in `series` too, so that the rules behind see the mended rows.
    /// Of a lasting change the earlier level is right: what was stored before is not rewritten by what comes later.
    func units(_ series: inout ValidationSeries) -> [Finding] {
        guard var reference = ValidationSeries.median(Array(series.close.prefix(21))) else { return [] }
        var wrong: [Int: [Repair]] = [:]
        for index in 0..<series.count {
            reference /= series.split[index]
            var repairs: [Repair] = []
            var close = series.close[index]
            for (field, value) in series.prices(at: index) {
                guard let factor = unitFactor(value / reference) else { continue }
                repairs.append(Repair(field: field, before: value, after: value * factor))
                if field == .close { close = value * factor }
            }
            if !repairs.isEmpty { wrong[index] = enclosing(series.prices(at: index), repairs) }
            reference = close
        }
        for (index, repairs) in wrong {
            for repair in repairs { series.set(repair.field, at: index, to: repair.after) }
        }
        return wrong.sorted { $0.key < $1.key }.map { index, repairs in
            finding(
                series, index, Validation.Rule.unit,
                "\(repairs.map { "\($0.field.rawValue) \($0.before)" }.joined(separator: ", ")): a hundred times off", .repair(repairs))
        }
    }

    /// A high or low that was mended encloses the other prices too, and others keep within: a hundredth was rounded further than they.
    private func enclosing(_ prices: [(Repair.Field, Double)], _ repairs: [Repair]) -> [Repair] {
        let mended = prices.map { field, value in repairs.first { $0.field == field }?.after ?? value }
        let high = repairs.contains { $0.field == .high } ? .infinity : mended[1]
        let low = repairs.contains { $0.field == .low } ? 0 : mended[2]
        return repairs.map { repair in
            switch repair.field {
            case .high: Repair(field: .high, before: repair.before, after: max(repair.after, mended[0], mended[3]))
            case .low: Repair(field: .low, before: repair.before, after: min(repair.after, mended[0], mended[3]))
            case .open, .close:
                Repair(field: repair.field, before: repair.before, after: min(max(repair.after, low), high))
            case .volume, .split, .dividend, .offset: repair
            }
        }
    }

    /// 100 or 0.01 when a value must be multiplied by it to meet its level; nil when the value is at its level.
    private func unitFactor(_ ratio: Double) -> Double? {
        let distance = log(ratio)
        guard abs(abs(distance) - log(100)) < thresholds.unit else { return nil }
        return distance > 0 ? 0.01 : 100
    }

    /// Splits that were told of and that the price knows nothing of. They are taken out of `series`.
    func events(_ series: inout ValidationSeries, _ actions: [CorporateAction]) -> [Finding] {
        var findings: [Finding] = []
        for action in actions {
            guard case .split(let new, let old) = action.kind, let index = series.index(onOrAfter: action.exDate), index > 0 else {
                continue
            }
            let told = log(new / old)
            let jump = log(series.open[index] / series.close[index - 1])
            let deviation = series.deviation(around: index, window: thresholds.window.returns) ?? 0
            guard abs(told) > max(0.05, 3 * deviation), abs(jump) < abs(jump + told) else { continue }
            series.split[index] /= new / old
            findings.append(
                Finding(
                    ordinal: nil, session: action.exDate, rule: Validation.Rule.eventOnly,
                    detail: "\(new) for \(old), and the price opened at \(series.open[index]) after \(series.close[index - 1])",
                    verdict: .quarantine))
        }
        return findings
    }

    func finding(_ series: ValidationSeries, _ index: Int, _ rule: String, _ detail: String, _ verdict: Finding.Verdict) -> Finding {
        Finding(ordinal: series.ordinals[index], session: series.sessions[index], rule: rule, detail: detail, verdict: verdict)
    }
}

extension ValidationSeries {
    func prices(at index: Int) -> [(Repair.Field, Double)] {
        [(.open, open[index]), (.high, high[index]), (.low, low[index]), (.close, close[index])]
    }

    mutating func set(_ field: Repair.Field, at index: Int, to value: Double) {
        switch field {
        case .open: open[index] = value
        case .high: high[index] = value
        case .low: low[index] = value
        case .close: close[index] = value
        case .split: split[index] = value
        case .volume, .dividend, .offset: break
        }
    }
}
