import Kernels

/// All weights of one net in one block: W [4H × (I+H)], b [4H], head W [24 × H], head b [24]; gate rows i, f, g, o.
///
/// Padding (inputs to whole registers, outputs to 24) is zero and stays zero: its gradients are.
struct LSTMParameters {
    let shape: LSTMShape
    let block: LaneBuffer

    init(_ shape: LSTMShape) {
        self.shape = shape
        block = LaneBuffer(floats: Self.count(shape))
    }

    static func count(_ s: LSTMShape) -> Int { s.gates * s.depth + s.gates + s.paddedOutputs * s.hidden + s.paddedOutputs }

    var weights: UnsafeMutablePointer<Float> { block.floats }
    var bias: UnsafeMutablePointer<Float> { weights + shape.gates * shape.depth }
    var head: UnsafeMutablePointer<Float> { bias + shape.gates }
    var headBias: UnsafeMutablePointer<Float> { head + shape.paddedOutputs * shape.hidden }

    /// Uniform ±1/√H as PyTorch's LSTM starts; the head small, its bias at the quantiles that need no net.
    func initialise(_ random: inout RandomStream, headBias start: [Double]) {
        let bound = 1 / Float(shape.hidden).squareRoot()
        for row in 0..<shape.gates {
            for k in 0..<shape.depth where k < shape.inputs || k >= shape.paddedInputs {
                weights[row * shape.depth + k] = random.symmetric(bound)
            }
            bias[row] = random.symmetric(bound) + random.symmetric(bound)
        }
        for row in 0..<shape.outputs {
            for k in 0..<shape.hidden { head[row * shape.hidden + k] = 0.3 * random.symmetric(bound) }
            headBias[row] = Float(start[row])
        }
    }

    func copy(from other: LSTMParameters) { block.lanes.update(from: other.block.lanes, count: block.count) }

    /// The block as an array, to keep or to send.
    var values: [Float] { Array(UnsafeBufferPointer(start: block.floats, count: Self.count(shape))) }

    func load(_ values: [Float]) {
        for (i, value) in values.enumerated() { block.floats[i] = value }
    }
}

/// The weights packed for the products of a pass; repacked after each update.
struct PackedLSTM {
    let shape: LSTMShape
    let forward, recurrent, head, headTransposed: PackedMatrix
    /// Biases padded to whole blocks.
    let bias, headBias: LaneBuffer

    init(_ shape: LSTMShape) {
        self.shape = shape
        forward = PackedMatrix(rows: shape.gates, depth: shape.depth)
        recurrent = PackedMatrix(rows: shape.hidden, depth: shape.gates)
        head = PackedMatrix(rows: shape.paddedOutputs, depth: shape.hidden)
        headTransposed = PackedMatrix(rows: shape.hidden, depth: shape.paddedOutputs)
        bias = LaneBuffer(floats: forward.paddedRows)
        headBias = LaneBuffer(floats: head.paddedRows)
    }

    func pack(_ p: LSTMParameters) {
        forward.pack(p.weights, rowStride: shape.depth, depthStride: 1)
        recurrent.pack(p.weights + shape.paddedInputs, rowStride: 1, depthStride: shape.depth)
        head.pack(p.head, rowStride: shape.hidden, depthStride: 1)
        headTransposed.pack(p.head, rowStride: 1, depthStride: shape.hidden)
        bias.floats.update(from: p.bias, count: shape.gates)
        headBias.floats.update(from: p.headBias, count: shape.paddedOutputs)
    }
}
