/// AdamW with decoupled weight decay (Loshchilov and Hutter, 2019), over one flat block of parameters.
package struct Adam {
    package static let beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8

    /// The running means of the gradient and of its square.
    package let first, second: LaneBuffer
    /// The number of updates made so far.
    package var steps = 0

    /// - Parameter count: registers of the parameter block.
    package init(count: Int) {
        first = LaneBuffer(count: count)
        second = LaneBuffer(count: count)
    }

    /// Updates the parameters by one step along `gradient` · `scale`.
    package mutating func update(
        _ parameters: UnsafeMutablePointer<Float8>, gradient: UnsafePointer<Float8>, scale: Float, rate: Float, decay: Float
    ) {
        steps += 1
        let correction1 = 1 / (1 - power(Self.beta1, steps))
        let correction2 = 1 / (1 - power(Self.beta2, steps))
        let m = first.lanes, v = second.lanes
        for i in 0..<first.count {
            let g = gradient[i] * scale
            m[i] = m[i] * Self.beta1 + g * (1 - Self.beta1)
            v[i] = v[i] * Self.beta2 + g * g * (1 - Self.beta2)
            let root = squareRoots(v[i] * correction2) + Self.epsilon
            parameters[i] = parameters[i] * (1 - rate * decay) - m[i] * (correction1 * rate) / root
        }
    }

    @inline(__always)
    private func squareRoots(_ x: Float8) -> Float8 {
        let tiny = Float8(repeating: 1e-30)
        let y = x.replacing(with: tiny, where: x .< tiny)
        return y * reciprocalSquareRoot(y)
    }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        var result = 1.0
        for _ in 0..<min(exponent, 20_000) { result *= Double(base) }
        return Float(result)
    }
}
