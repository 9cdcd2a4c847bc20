/// The division of each input into at most 63 bins at its empirical quantiles; bin 63 is for missing values.
struct FeatureBins: Sendable {
    static let count = 64
    static let missing = 63

    /// Ascending upper bounds per input: bin b contains (bounds[b − 1], bounds[b]], the last bin all values above the last bound.
    let bounds: [[Float]]

    init(_ values: [Float], inputs: Int) {
        bounds = (0..<inputs).map { column in
            var present: [Float] = []
            for i in Swift.stride(from: column, to: values.count, by: inputs) where values[i].isFinite { present.append(values[i]) }
            present.sort()
            guard !present.isEmpty else { return [] }
            var bounds: [Float] = []
            for b in 1..<Self.missing {
                let bound = present[b * present.count / Self.missing]
                if bound < (present.last ?? bound), bound > (bounds.last ?? -.infinity) { bounds.append(bound) }
            }
            return bounds
        }
    }

    func bin(_ value: Float, column: Int) -> UInt8 {
        guard value.isFinite else { return UInt8(Self.missing) }
        let bounds = bounds[column]
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return UInt8(low)
    }

    /// The bins of all values, in their order.
    func binned(_ values: [Float]) -> [UInt8] { values.indices.map { bin(values[$0], column: $0 % bounds.count) } }
}
