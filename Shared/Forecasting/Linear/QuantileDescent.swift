import Kernels

/// Subgradient steps on the pinball loss of a linear quantile regression.
///
/// The lanes of a register are outputs: 21 quantiles in three registers, three lanes unused.
struct QuantileDescent {
    private static let registers = 3, width = 24
    private let inputs: Int
    private let x: LaneBuffer
    private let y: [[Float]]
    /// One row of registers per input, then the bias.
    private let parameters, gradient: LaneBuffer
    private var adam: Adam

    init(_ block: TabularSamples, _ scaling: Standardisation) {
        inputs = block.inputs.count
        x = LaneBuffer(floats: block.values.count)
        for row in 0..<block.rows {
            for column in 0..<inputs {
                x.floats[row * inputs + column] = scaling.scaled(block.values[row * inputs + column], column: column)
            }
        }
        y = block.targets
        parameters = LaneBuffer(count: (inputs + 1) * Self.registers)
        gradient = LaneBuffer(count: (inputs + 1) * Self.registers)
        adam = Adam(count: parameters.count)
        for (i, value) in block.empiricalQuantiles().enumerated() { parameters.floats[inputs * Self.width + i] = value }
    }

    mutating func step(_ rows: ArraySlice<Int32>, rate: Float, decay: Float) {
        gradient.clear()
        for row in rows { accumulate(Int(row)) }
        adam.update(parameters.lanes, gradient: gradient.lanes, scale: 1 / Float(rows.count), rate: rate, decay: decay)
    }

    /// Adds x ⊗ ∂ Σ pinball / ∂q to the gradient.
    @inline(__always)
    private func accumulate(_ row: Int) {
        let x = x.floats + row * inputs
        let w = parameters.lanes
        let g = gradient.lanes
        let last = inputs * Self.registers
        var (q0, q1, q2) = (w[last], w[last + 1], w[last + 2])
        for k in 0..<inputs {
            let v = Float8(repeating: x[k])
            q0.addProduct(v, w[3 * k])
            q1.addProduct(v, w[3 * k + 1])
            q2.addProduct(v, w[3 * k + 2])
        }
        let (y0, y1, y2) = (y[0][row], y[1][row], y[2][row])
        let g0 = slopes.0.replacing(with: slopes.0 - outputs.0, where: Float8(y0, y0, y0, y0, y0, y0, y0, y1) .> q0)
        let g1 = slopes.1.replacing(with: slopes.1 - outputs.1, where: Float8(y1, y1, y1, y1, y1, y1, y2, y2) .> q1)
        let g2 = slopes.2.replacing(with: slopes.2 - outputs.2, where: Float8(repeating: y2) .> q2)
        for k in 0..<inputs {
            let v = Float8(repeating: x[k])
            g[3 * k].addProduct(v, g0)
            g[3 * k + 1].addProduct(v, g1)
            g[3 * k + 2].addProduct(v, g2)
        }
        g[last] += g0
        g[last + 1] += g1
        g[last + 2] += g2
    }

    /// Weights as 21 × inputs, and the bias.
    func result() -> (weights: [Float], bias: [Float]) {
        let values = parameters.floats
        let weights = (0..<Quantiles.count).flatMap { output in (0..<inputs).map { values[$0 * Self.width + output] } }
        return (weights, (0..<Quantiles.count).map { values[inputs * Self.width + $0] })
    }
}

/// 1, and 1 − τ, in the lanes of the 21 outputs; 0 in the three unused lanes.
private let outputs = threeRegisters { _ in 1 }
private let slopes = threeRegisters { 1 - $0 }

private func threeRegisters(_ value: (Float) -> Float) -> (Float8, Float8, Float8) {
    let values = levelsByRow.map(value) + [0, 0, 0]
    return (Float8(values[0..<8]), Float8(values[8..<16]), Float8(values[16..<24]))
}
