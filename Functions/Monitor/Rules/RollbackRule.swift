/// When the champion gives way to the floor: over its last 20 origins it lost more than the floor by two standard errors.
///
/// The standard error is the plain one. Overlapping horizons make it too small, so that this errs on the side of the floor.
enum RollbackRule {
    static let origins = 20
    static let standardErrors = 2.0

    /// The evidence when it must go, else nil.
    static func judge(_ record: LiveRecord, champion: String, floor: String) -> Evidence? {
        let record = record.last(origins)
        let x = record.differences(champion, less: floor)
        guard x.count == origins else { return nil }
        let n = Double(x.count)
        let mean = x.reduce(0, +) / n
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        let error = (variance / n).squareRoot()
        guard mean > standardErrors * error, mean > 0 else { return nil }
        return Evidence(record, champion, against: floor, mean: mean, t: error > 0 ? mean / error : .infinity, reasons: [])
    }
}
