import Foundation

@testable import Forecasting

/// A net written from its equations in double precision: the reference of the kernels.
protocol ReferenceNet {
    associatedtype Net: SequenceNet
    init(net: Net, block: [Double])
    var net: Net { get }
    /// Laid out as the net's parameters.
    var block: [Double] { get set }
    func outputs(_ window: [Float]) -> [Double]
}

extension ReferenceNet {
    /// Mean pinball loss over samples, horizons and levels.
    func loss(_ windows: [[Float]], _ targets: [Float]) -> Double {
        var sum = 0.0
        for (i, window) in windows.enumerated() {
            for (row, q) in outputs(window).enumerated() {
                let target = Double(targets[i * Quantiles.horizons.count + row / Quantiles.levels.count])
                sum += Evaluation.pinball(target, q, Quantiles.levels[row % Quantiles.levels.count])
            }
        }
        return sum / Double(windows.count * net.shape.outputs)
    }
}

struct ReferenceLSTM: ReferenceNet {
    let net: LSTMNet
    var block: [Double]

    func outputs(_ window: [Float]) -> [Double] {
        let s = net.shape
        var h = [Double](repeating: 0, count: s.hidden)
        var c = h
        for step in 0..<s.window {
            let x = (0..<s.paddedInputs).map { Double(window[step * s.paddedInputs + $0]) } + h
            let a = (0..<net.gates).map { row in
                (0..<net.depth).reduce(block[net.biasOffset + row]) { $0 + block[row * net.depth + $1] * x[$1] }
            }
            for u in 0..<s.hidden {
                let i = sigmoid(a[u]), f = sigmoid(a[s.hidden + u]), g = tanh(a[2 * s.hidden + u]), o = sigmoid(a[3 * s.hidden + u])
                c[u] = f * c[u] + i * g
                h[u] = o * tanh(c[u])
            }
        }
        return (0..<s.outputs).map { row in
            (0..<s.hidden).reduce(block[net.head.bias + row]) { $0 + block[net.head.weight + row * s.hidden + $1] * h[$1] }
        }
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
