/// The elementwise part of an LSTM step. `gates` holds the input, forget, cell and output gates (i, f, g, o), `hidden` rows each.
package enum LSTMGates {
    /// c = σ(f) c⁻ + σ(i) tanh(g); h = σ(o) tanh(c). Replaces the pre-activations in `gates` by the activations.
    ///
    /// `width` is the number of registers per gate: 2 × `hidden` for a panel of 16 samples, `hidden` / 8 for one sample whose units fill the
    /// lanes.
    package static func forward(
        gates: UnsafeMutablePointer<Float8>, previousCell: UnsafePointer<Float8>, cell: UnsafeMutablePointer<Float8>,
        cellTanh: UnsafeMutablePointer<Float8>, output: UnsafeMutablePointer<Float8>, width: Int
    ) {
        // Two loops: the first has no dependency chains, so that many activations overlap.
        for j in 0..<2 * width { gates[j] = Activation.sigmoid(gates[j]) }
        for j in 2 * width..<3 * width {
            gates[j] = Activation.tanh(gates[j])
            gates[width + j] = Activation.sigmoid(gates[width + j])
        }
        for j in 0..<width {
            let c = (gates[j] * gates[2 * width + j]).addingProduct(gates[width + j], previousCell[j])
            let t = Activation.tanh(c)
            cell[j] = c
            cellTanh[j] = t
            output[j] = gates[3 * width + j] * t
        }
    }

    /// For one panel: computes ∂L/∂pre-activations and ∂L/∂c⁻ from ∂L/∂h and ∂L/∂c.
    ///
    /// - Parameters:
    ///   - cellGradient: in: ∂L/∂c; out: ∂L/∂c⁻.
    ///   - bias: one register per gate row; the panel's pre-activation gradients are added to it.
    package static func backward(
        gates: UnsafePointer<Float8>, previousCell: UnsafePointer<Float8>, cellTanh: UnsafePointer<Float8>,
        outputGradient: UnsafePointer<Float8>, cellGradient: UnsafeMutablePointer<Float8>, into gradient: UnsafeMutablePointer<Float8>,
        bias: UnsafeMutablePointer<Float8>, hidden: Int
    ) {
        let width = hidden * 2
        let one = Float8(repeating: 1)
        for unit in 0..<hidden {
            var sums = (Float8(repeating: 0), Float8(repeating: 0), Float8(repeating: 0), Float8(repeating: 0))
            for j in unit * 2..<unit * 2 + 2 {
                let i = gates[j], f = gates[width + j], g = gates[2 * width + j], o = gates[3 * width + j]
                let t = cellTanh[j], dh = outputGradient[j]
                let dc = cellGradient[j].addingProduct(dh * o, one - t * t)
                let di = dc * g * i * (one - i)
                let df = dc * previousCell[j] * f * (one - f)
                let dg = dc * i * (one - g * g)
                let go = dh * t * o * (one - o)
                cellGradient[j] = dc * f
                gradient[j] = di
                gradient[width + j] = df
                gradient[2 * width + j] = dg
                gradient[3 * width + j] = go
                sums.0 += di
                sums.1 += df
                sums.2 += dg
                sums.3 += go
            }
            bias[unit] += sums.0
            bias[hidden + unit] += sums.1
            bias[2 * hidden + unit] += sums.2
            bias[3 * hidden + unit] += sums.3
        }
    }
}
