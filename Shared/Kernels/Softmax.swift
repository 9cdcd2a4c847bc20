/// Softmax over the elements of one row of registers, lane by lane.
package enum Softmax {
    /// Replaces scores s by exp(scale s) / Σ exp(scale s): relative error ≤ 1e-6. Elements are `stride` registers apart.
    package static func forward(_ scores: UnsafeMutablePointer<Float8>, count: Int, stride: Int, scale: Float) {
        var largest = scores[0]
        for j in 1..<count {
            let value = scores[j * stride]
            largest = largest.replacing(with: value, where: value .> largest)
        }
        var sum = Float8(repeating: 0)
        for j in 0..<count {
            let value = Activation.exp((scores[j * stride] - largest) * Float8(repeating: scale))
            scores[j * stride] = value
            sum += value
        }
        let share = Float8(repeating: 1) / sum
        for j in 0..<count { scores[j * stride] *= share }
    }

    /// Replaces ∂L/∂p by ∂L/∂s = scale p (∂L/∂p - Σ p ∂L/∂p).
    package static func backward(
        _ gradient: UnsafeMutablePointer<Float8>, probabilities: UnsafePointer<Float8>, count: Int, stride: Int, scale: Float
    ) {
        var sum = Float8(repeating: 0)
        for j in 0..<count { sum.addProduct(gradient[j * stride], probabilities[j * stride]) }
        for j in 0..<count {
            gradient[j * stride] = (gradient[j * stride] - sum) * probabilities[j * stride] * Float8(repeating: scale)
        }
    }
}
