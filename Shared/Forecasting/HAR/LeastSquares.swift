/// Ordinary least squares from running sums of products.
struct LeastSquares {
    private let size: Int
    private var products: [Double]
    private var targets: [Double]

    init(_ size: Int) {
        self.size = size
        products = [Double](repeating: 0, count: size * size)
        targets = [Double](repeating: 0, count: size)
    }

    mutating func add(_ x: [Double], _ y: Double) {
        for i in 0..<size {
            for j in 0..<size { products[i * size + j] += x[i] * x[j] }
            targets[i] += x[i] * y
        }
    }

    /// The coefficients, by Cholesky's factors with a ridge of 1e-9 of the trace; nil when the products are not positive definite.
    func solution() -> [Double]? {
        let ridge = 1e-9 * (0..<size).reduce(0) { $0 + products[$1 * size + $1] } / Double(size)
        var factor = products
        for i in 0..<size { factor[i * size + i] += ridge }
        for j in 0..<size {
            for k in 0..<j { factor[j * size + j] -= factor[j * size + k] * factor[j * size + k] }
            guard factor[j * size + j] > 0, factor[j * size + j].isFinite else { return nil }
            factor[j * size + j] = factor[j * size + j].squareRoot()
            for i in (j + 1)..<max(size, j + 1) {
                for k in 0..<j { factor[i * size + j] -= factor[i * size + k] * factor[j * size + k] }
                factor[i * size + j] /= factor[j * size + j]
            }
        }
        var solution = targets
        for i in 0..<size {
            for k in 0..<i { solution[i] -= factor[i * size + k] * solution[k] }
            solution[i] /= factor[i * size + i]
        }
        for i in stride(from: size - 1, through: 0, by: -1) {
            for k in (i + 1)..<max(size, i + 1) { solution[i] -= factor[k * size + i] * solution[k] }
            solution[i] /= factor[i * size + i]
        }
        return solution
    }
}
