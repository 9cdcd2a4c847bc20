import Kernels

/// One LSTM layer over a window of volatility-free features, and a linear head to 21 quantiles of z = y / (S √h).
///
/// Hochreiter and Schmidhuber (1997) with forget gates. W [4H × (I+H)], b [4H], gate rows i, f, g, o. Artifacts have PyTorch's names and
/// layouts.
package final class LSTMNet: SequenceNet {
    package static let family = "lstm"
    package static let configuration = SequenceConfiguration()
    package static let dropoutPanels = 4

    package let shape: SequenceShape
    package let parameters: ParameterBlock
    let forward, recurrent: PackedMatrix
    package let head: LinearLayer
    let biasOffset: Int
    private var columns: LSTMSampleWeights?

    /// Width of the concatenated [x, h].
    var depth: Int { shape.paddedInputs + shape.hidden }
    var gates: Int { 4 * shape.hidden }
    var bias: UnsafeMutablePointer<Float> { parameters.floats + biasOffset }

    package init(_ shape: SequenceShape) {
        self.shape = shape
        let hidden = shape.hidden, gates = 4 * hidden, depth = shape.paddedInputs + hidden
        var layout = ParameterBlock.Layout()
        let weight = layout.reserve(gates * depth)
        layout.name("lstm.weight_ih_l0", [gates, shape.inputs], at: weight, strides: [depth, 1])
        layout.name("lstm.weight_hh_l0", [gates, hidden], at: weight + shape.paddedInputs, strides: [depth, 1])
        biasOffset = layout.vector("lstm.bias_l0", gates)
        let headWeight = layout.reserve(shape.paddedOutputs * hidden)
        layout.name("head.weight", [shape.outputs, hidden], at: headWeight, strides: [hidden, 1])
        let headBias = layout.vector("head.bias", shape.outputs)
        parameters = ParameterBlock(layout)
        forward = PackedMatrix(rows: gates, depth: depth)
        recurrent = PackedMatrix(rows: hidden, depth: gates)
        head = LinearLayer(parameters.buffer, rows: shape.paddedOutputs, columns: hidden, weight: headWeight, bias: headBias)
    }

    package static func unsupportedReason(for shape: SequenceShape) -> String? {
        shape.hidden % 8 == 0 ? nil : "hidden is not a multiple of 8"
    }

    /// Uniform in ±1/√H, as PyTorch initialises its LSTM.
    package func initialise(_ random: inout RandomGenerator, headBias start: [Double]) {
        let bound = 1 / Float(shape.hidden).squareRoot()
        for row in 0..<gates {
            for k in 0..<depth where k < shape.inputs || k >= shape.paddedInputs {
                parameters.floats[row * depth + k] = random.symmetric(bound)
            }
            bias[row] = random.symmetric(bound) + random.symmetric(bound)
        }
        head.initialise(&random, headBias: start)
    }

    package func pack() {
        forward.pack(parameters.floats, rowStride: depth, depthStride: 1)
        recurrent.pack(parameters.floats + shape.paddedInputs, rowStride: 1, depthStride: depth)
        head.pack()
        columns = nil
    }

    package func makePass(trains: Bool) -> LSTMPass { LSTMPass(self, trains: trains) }

    package func outputs(ofSmallBatch windows: [UnsafePointer<Float>]) -> [Float]? {
        let single = LSTMSingleSample(columns ?? LSTMSampleWeights(self))
        return windows.flatMap { Array(UnsafeBufferPointer(start: single.forward($0), count: shape.outputs)) }
    }

    /// Prepares `outputs(ofSmallBatch:)`; valid until the next `pack`.
    package func prepareSmallBatches() { columns = LSTMSampleWeights(self) }
}
