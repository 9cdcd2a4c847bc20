import Kernels

/// A net's weights for forward passes of single samples; never written after `init`.
final class LSTMSampleWeights {
    let shape: SequenceShape
    let inputs, recurrent, head: VectorMatrix
    let bias, headBias: LaneBuffer

    init(_ net: LSTMNet) {
        shape = net.shape
        let weights = UnsafePointer(net.parameters.floats)
        inputs = VectorMatrix(weights, rows: net.gates, depth: shape.paddedInputs, rowStride: net.depth)
        recurrent = VectorMatrix(weights + shape.paddedInputs, rows: net.gates, depth: shape.hidden, rowStride: net.depth)
        head = VectorMatrix(weights + net.head.weight, rows: shape.paddedOutputs, depth: shape.hidden, rowStride: shape.hidden)
        bias = LaneBuffer(floats: net.gates)
        headBias = LaneBuffer(floats: shape.paddedOutputs)
        bias.floats.update(from: net.bias, count: net.gates)
        headBias.floats.update(from: net.parameters.floats + net.head.bias, count: shape.outputs)
    }
}

/// The memory of one caller for forward passes of single samples, with lanes along the units.
///
/// The products with the inputs of all steps are computed first, as one matrix product. The outputs are bit-identical to `LSTMPass`.
final class LSTMSingleSample {
    private let net: LSTMSampleWeights
    private let gates, state, cell, cellTanh, outputs: LaneBuffer

    init(_ net: LSTMSampleWeights) {
        self.net = net
        let s = net.shape
        gates = LaneBuffer(floats: s.window * 4 * s.hidden)
        state = LaneBuffer(floats: s.hidden)
        cell = LaneBuffer(floats: s.hidden)
        cellTanh = LaneBuffer(floats: s.hidden)
        outputs = LaneBuffer(floats: s.paddedOutputs)
    }

    /// Runs a window of rows `paddedInputs` wide; the outputs are valid until the next call.
    func forward(_ window: UnsafePointer<Float>) -> UnsafePointer<Float> {
        let s = net.shape
        state.clear()
        cell.clear()
        net.inputs.products(window, count: s.window, bias: net.bias.lanes, into: gates.lanes)
        for step in 0..<s.window {
            let gate = gates.lanes + step * s.hidden / 2
            net.recurrent.product(state.floats, from: gate, into: gate, backward: step % 2 == 1)
            LSTMGates.forward(
                gates: gate, previousCell: cell.lanes, cell: cell.lanes, cellTanh: cellTanh.lanes, output: state.lanes, width: s.hidden / 8)
        }
        net.head.product(state.floats, from: net.headBias.lanes, into: outputs.lanes, backward: false)
        return UnsafePointer(outputs.floats)
    }
}
