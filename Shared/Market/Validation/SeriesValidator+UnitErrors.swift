import Glibc

extension SeriesValidator {
    /// Finds prices a hundred times above or below the previous bars, and repairs them in `series` for the rules that follow.
    ///
    /// After a lasting change the earlier unit counts as right, so that later bars do not rewrite stored ones.
    func unitErrors(_ series: inout ValidationSeries) -> [RuleViolation] {
        guard var reference = ValidationSeries.median(Array(series.close.prefix(21))) else { return [] }
        var wrong: [Int: [Repair]] = [:]
        for index in 0..<series.count {
            reference /= series.split[index]
            var repairs: [Repair] = []
            var close = series.close[index]
            for (field, value) in series.prices(at: index) {
                guard let factor = unitFactor(value / reference) else { continue }
                let repaired = factor.scaled(value)
                repairs.append(Repair(field: field, before: value, after: repaired))
                if field == .close { close = repaired }
            }
            if !repairs.isEmpty { wrong[index] = enclosing(series.prices(at: index), repairs) }
            reference = close
        }
        for (index, repairs) in wrong {
            for repair in repairs { series.set(repair.field, at: index, to: repair.after) }
        }
        return wrong.sorted { $0.key < $1.key }.map { index, repairs in
            violation(
                series, index, ValidationRuleName.unitError,
                "\(repairs.map { "\($0.field.rawValue) \($0.before)" }.joined(separator: ", ")): a hundred times off",
                repairs.allSatisfy { Price($0.after) != nil } ? .repaired(repairs) : .quarantined)
        }
    }

    /// Extends high and low to open and close after a repair, since the rounding of a hundredth is coarser.
    private func enclosing(_ prices: [(Repair.Field, Double)], _ repairs: [Repair]) -> [Repair] {
        let repaired = prices.map { field, value in repairs.first { $0.field == field }?.after ?? value }
        let high = repairs.contains { $0.field == .high } ? .infinity : repaired[1]
        let low = repairs.contains { $0.field == .low } ? 0 : repaired[2]
        return repairs.map { repair in
            switch repair.field {
            case .high: Repair(field: .high, before: repair.before, after: max(repair.after, repaired[0], repaired[3]))
            case .low: Repair(field: .low, before: repair.before, after: min(repair.after, repaired[0], repaired[3]))
            case .open, .close:
                Repair(field: repair.field, before: repair.before, after: min(max(repair.after, low), high))
            case .volume, .split, .dividend, .offset: repair
            }
        }
    }

    /// The factor, 100 or a hundredth, that brings a value to the level of the previous bars; nil for a value at that level.
    private func unitFactor(_ ratio: Double) -> PriceFactor? {
        let distance = log(ratio)
        guard abs(abs(distance) - log(100)) < thresholds.unit else { return nil }
        return distance > 0 ? PriceFactor(over: 100) : PriceFactor(100)
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
