import Foundation

@testable import Forecasting

/// The net written from its equations in double precision: what the kernels are held against.
struct ReferenceLSTM {
    let shape: LSTMShape
    var block: [Double]

    func outputs(_ window: [Float], dropout: [Double]? = nil) -> [Double] {
        let s = shape
        var h = [Double](repeating: 0, count: s.hidden)
        var c = h
        let bias = s.gates * s.depth
        for step in 0..<s.window {
            let x = (0..<s.paddedInputs).map { Double(window[step * s.paddedInputs + $0]) } + h
            let a = (0..<s.gates).map { row in (0..<s.depth).reduce(block[bias + row]) { $0 + block[row * s.depth + $1] * x[$1] } }
            for u in 0..<s.hidden {
                let i = sigmoid(a[u]), f = sigmoid(a[s.hidden + u]), g = tanh(a[2 * s.hidden + u]), o = sigmoid(a[3 * s.hidden + u])
                c[u] = f * c[u] + i * g
                h[u] = o * tanh(c[u])
            }
        }
        if let dropout { for u in h.indices { h[u] *= dropout[u] } }
        let head = bias + s.gates
        let headBias = head + s.paddedOutputs * s.hidden
        return (0..<s.outputs).map { row in (0..<s.hidden).reduce(block[headBias + row]) { $0 + block[head + row * s.hidden + $1] * h[$1] }
        }
    }

    /// Mean pinball loss over samples, horizons and levels.
    func loss(_ windows: [[Float]], _ targets: [Float], dropout: [[Double]]? = nil) -> Double {
        var sum = 0.0
        for (i, window) in windows.enumerated() {
            for (row, q) in outputs(window, dropout: dropout?[i]).enumerated() {
                let target = Double(targets[i * Quantiles.horizons.count + row / Quantiles.levels.count])
                sum += Evaluation.pinball(target, q, Quantiles.levels[row % Quantiles.levels.count])
            }
        }
        return sum / Double(windows.count * shape.outputs)
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
