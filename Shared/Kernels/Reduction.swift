/// Reductions in a fixed order.
package enum Reduction {
    /// target += source.
    package static func add(_ source: UnsafePointer<Float8>, to target: UnsafeMutablePointer<Float8>, count: Int) {
        for i in 0..<count { target[i] += source[i] }
    }

    /// target = target · share + source · (1 − share).
    package static func average(
        _ source: UnsafePointer<Float8>, into target: UnsafeMutablePointer<Float8>, keeping share: Float, count: Int
    ) {
        let rest = Float8(repeating: 1 - share)
        for i in 0..<count { target[i] = target[i].addingProduct(source[i] - target[i], rest) }
    }

    /// Σ value².
    package static func sumOfSquares(_ values: UnsafePointer<Float8>, count: Int) -> Float {
        var sum = Float8(repeating: 0)
        for i in 0..<count { sum.addProduct(values[i], values[i]) }
        return sum.sum()
    }
}
