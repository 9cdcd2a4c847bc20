#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Rank among the values that are not NaN, divided by their number: in (0, 1], ties share their mean rank, NaN stays NaN.
func percentRanks(_ values: [Double]) -> [Double] {
    let order = values.indices.filter { !values[$0].isNaN }.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: .nan, count: values.count)
    var start = 0
    while start < order.count {
        var end = start + 1
        while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
        for position in start..<end { ranks[order[position]] = Double(start + 1 + end) / 2 / Double(order.count) }
        start = end
    }
    return ranks
}

/// The natural logarithm; NaN for NaN.
func logarithm(_ value: Double) -> Double { log(value) }
