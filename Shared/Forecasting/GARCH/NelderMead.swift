/// Minimises a function by the simplex of Nelder and Mead (1965) with the usual coefficients; values that are not finite count as worst.
///
/// - Parameter evaluations: the number of evaluations after which the best point so far is returned.
func minimise(_ start: [Double], steps: [Double], evaluations: Int, _ objective: ([Double]) -> Double) -> [Double] {
    func value(_ p: [Double]) -> Double {
        let value = objective(p)
        return value.isFinite ? value : .greatestFiniteMagnitude
    }
    var simplex = [(point: start, value: value(start))]
    for i in start.indices {
        var point = start
        point[i] += steps[i]
        simplex.append((point, value(point)))
    }
    var used = simplex.count
    while used < evaluations {
        simplex.sort { $0.value < $1.value }
        let worst = simplex[simplex.count - 1]
        if worst.value - simplex[0].value < 1e-7 { break }
        let centre = start.indices.map { i in simplex.dropLast().reduce(0) { $0 + $1.point[i] } / Double(start.count) }
        func along(_ t: Double) -> (point: [Double], value: Double) {
            let point = start.indices.map { centre[$0] + t * (worst.point[$0] - centre[$0]) }
            used += 1
            return (point, value(point))
        }
        let reflected = along(-1)
        if reflected.value < simplex[0].value {
            let expanded = along(-2)
            simplex[simplex.count - 1] = expanded.value < reflected.value ? expanded : reflected
        } else if reflected.value < simplex[simplex.count - 2].value {
            simplex[simplex.count - 1] = reflected
        } else {
            let contracted = along(reflected.value < worst.value ? -0.5 : 0.5)
            if contracted.value < min(worst.value, reflected.value) {
                simplex[simplex.count - 1] = contracted
            } else {
                for j in 1..<simplex.count {
                    let point = start.indices.map { 0.5 * (simplex[0].point[$0] + simplex[j].point[$0]) }
                    simplex[j] = (point, value(point))
                    used += 1
                }
            }
        }
    }
    return simplex.min { $0.value < $1.value }?.point ?? start
}
