import Kernels

/// The weights of one net, transposed for one sample at a time; never written after `init`.
final class LSTMColumns {
    let shape: LSTMShape
    let weights, bias, head, headBias: LaneBuffer

    init(_ p: LSTMParameters) {
        shape = p.shape
        weights = Self.transposed(p.weights, rows: shape.gates, depth: shape.depth)
        head = Self.transposed(p.head, rows: shape.paddedOutputs, depth: shape.hidden)
        bias = LaneBuffer(floats: shape.gates)
        headBias = LaneBuffer(floats: shape.paddedOutputs)
        bias.floats.update(from: p.bias, count: shape.gates)
        headBias.floats.update(from: p.headBias, count: shape.paddedOutputs)
    }

    private static func transposed(_ source: UnsafePointer<Float>, rows: Int, depth: Int) -> LaneBuffer {
        let target = LaneBuffer(floats: rows * depth)
        for row in 0..<rows {
            for k in 0..<depth { target.floats[k * rows + row] = source[row * depth + k] }
        }
        return target
    }
}

/// One caller's memory for forward passes of single samples, lanes along the units: what answers a single request.
///
/// The same bits as `LSTMPass`.
final class LSTMSingle {
    private let net: LSTMColumns
    private let input, gates, cell, cellTanh, outputs: LaneBuffer

    init(_ net: LSTMColumns) {
        self.net = net
        let s = net.shape
        input = LaneBuffer(floats: s.depth)
        gates = LaneBuffer(floats: s.gates)
        cell = LaneBuffer(floats: s.hidden)
        cellTanh = LaneBuffer(floats: s.hidden)
        outputs = LaneBuffer(floats: s.paddedOutputs)
    }

    /// Runs a window of rows `paddedInputs` wide; the outputs stay valid until the next call.
    func forward(_ window: UnsafePointer<Float>) -> UnsafePointer<Float> {
        let s = net.shape
        input.clear()
        cell.clear()
        for step in 0..<s.window {
            input.floats.update(from: window + step * s.paddedInputs, count: s.paddedInputs)
            vectorProduct(
                net.weights.lanes, registers: s.gates / 8, depth: s.depth, bias: net.bias.lanes, x: input.floats, into: gates.lanes)
            LSTMGates.forward(
                gates: gates.lanes, previousCell: cell.lanes, cell: cell.lanes, cellTanh: cellTanh.lanes,
                output: input.lanes + s.paddedInputs / 8, width: s.hidden / 8)
        }
        vectorProduct(
            net.head.lanes, registers: s.paddedOutputs / 8, depth: s.hidden, bias: net.headBias.lanes, x: input.floats + s.paddedInputs,
            into: outputs.lanes)
        return UnsafePointer(outputs.floats)
    }
}
