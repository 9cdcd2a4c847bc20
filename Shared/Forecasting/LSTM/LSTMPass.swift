import Kernels

/// One worker's memory for forward and backward passes over up to `panels` panels of sixteen samples.
///
/// Backpropagation through time by hand: forward keeps [x, h], gates, cells and tanh(cell) of every step; backward walks them in reverse.
final class LSTMPass {
    let shape: LSTMShape
    let panels: Int
    /// Steps whose activations are kept: all of them to train, one to forecast.
    private let kept: Int
    private let forwardRows: Int
    private let inputs, gates, cells, cellTanh: LaneBuffer
    private let gateGradient, outputGradient, cellGradient, rows, headRows: LaneBuffer
    /// Last state after dropout, and the outputs, as panels.
    private let state, outputs, outputLoss, mask: LaneBuffer

    init(_ packed: PackedLSTM, panels: Int, trains: Bool) {
        shape = packed.shape
        self.panels = panels
        kept = trains ? shape.window : 1
        forwardRows = packed.forward.paddedRows
        let h = shape.hidden * 2
        inputs = LaneBuffer(count: (kept + 1) * panels * shape.depth * 2)
        gates = LaneBuffer(count: kept * panels * forwardRows * 2)
        cells = LaneBuffer(count: (kept + 1) * panels * h)
        cellTanh = LaneBuffer(count: kept * panels * h)
        gateGradient = LaneBuffer(count: trains ? panels * forwardRows * 2 : 0)
        outputGradient = LaneBuffer(count: panels * packed.recurrent.paddedRows * 2)
        cellGradient = LaneBuffer(count: panels * h)
        rows = LaneBuffer(count: trains ? panels * panelWidth * shape.depth / 8 : 0)
        headRows = LaneBuffer(count: panels * panelWidth * shape.hidden / 8)
        state = LaneBuffer(count: panels * h)
        outputs = LaneBuffer(count: panels * packed.head.paddedRows * 2)
        outputLoss = LaneBuffer(count: panels * packed.head.paddedRows * 2)
        mask = LaneBuffer(count: panels * h)
    }

    private var panelInputs: Int { shape.depth * 2 }
    private func input(_ step: Int) -> UnsafeMutablePointer<Lanes> { inputs.lanes + step % (kept + 1) * panels * panelInputs }
    private func gate(_ step: Int) -> UnsafeMutablePointer<Lanes> { gates.lanes + step % kept * panels * forwardRows * 2 }
    private func cell(_ step: Int) -> UnsafeMutablePointer<Lanes> { cells.lanes + step % (kept + 1) * panels * shape.hidden * 2 }
    private func tanhCell(_ step: Int) -> UnsafeMutablePointer<Lanes> { cellTanh.lanes + step % kept * panels * shape.hidden * 2 }

    /// Runs the samples through the net. `samples[i]` points at the first input row of its window, rows `paddedInputs` floats apart.
    ///
    /// - Parameter dropout: one factor per hidden unit and sample, `[sample][unit]`; nil drops nothing.
    func forward(_ packed: PackedLSTM, samples: ArraySlice<UnsafePointer<Float>>, dropout: UnsafePointer<Float>?) {
        let used = (samples.count + panelWidth - 1) / panelWidth
        let h = shape.hidden * 2
        for panel in 0..<used {
            (input(0) + panel * panelInputs + shape.paddedInputs * 2).update(repeating: Lanes(repeating: 0), count: h)
            (cell(0) + panel * h).update(repeating: Lanes(repeating: 0), count: h)
        }
        for step in 0..<shape.window {
            let x = input(step)
            for (i, sample) in samples.enumerated() {
                scatter(
                    sample + step * shape.paddedInputs, rows: shape.paddedInputs, lane: i % panelWidth,
                    into: x + i / panelWidth * panelInputs)
            }
            panelProduct(
                packed.forward, bias: packed.bias.floats, b: x, bStride: panelInputs, into: gate(step), cStride: forwardRows * 2,
                panels: used)
            for panel in 0..<used {
                LSTMGates.forward(
                    gates: gate(step) + panel * forwardRows * 2, previousCell: cell(step) + panel * h, cell: cell(step + 1) + panel * h,
                    cellTanh: tanhCell(step) + panel * h,
                    output: input(step + 1) + panel * panelInputs + shape.paddedInputs * 2, width: h)
            }
        }
        for panel in 0..<used {
            let last = input(shape.window) + panel * panelInputs + shape.paddedInputs * 2
            let target = state.lanes + panel * h
            if let dropout {
                for lane in 0..<panelWidth where panel * panelWidth + lane < samples.count {
                    scatter(
                        dropout + (panel * panelWidth + lane) * shape.hidden, rows: shape.hidden, lane: lane, into: mask.lanes + panel * h)
                }
                for j in 0..<h { target[j] = last[j] * mask.lanes[panel * h + j] }
            } else {
                target.update(from: last, count: h)
            }
        }
        panelProduct(
            packed.head, bias: packed.headBias.floats, b: state.lanes, bStride: h, into: outputs.lanes, cStride: packed.head.paddedRows * 2,
            panels: used)
    }

    /// Output `row` of sample `index` after `forward`.
    func output(_ row: Int, sample index: Int) -> Float {
        outputs.floats[(index / panelWidth * shape.paddedOutputs + row) * panelWidth + index % panelWidth]
    }

    /// Sets ∂L/∂output of one sample.
    func setOutputGradient(_ value: Float, row: Int, sample index: Int) {
        outputLoss.floats[(index / panelWidth * shape.paddedOutputs + row) * panelWidth + index % panelWidth] = value
    }

    /// Adds the gradient of the samples that `forward` saw last to `gradient`, from the output gradients set since.
    ///
    /// Samples fill whole panels. `biasLanes` takes 4H registers whose lanes the caller sums.
    func backward(
        _ packed: PackedLSTM, samples: ArraySlice<UnsafePointer<Float>>, dropped: Bool, into gradient: LSTMParameters, biasLanes: LaneBuffer
    ) {
        precondition(samples.count % panelWidth == 0)
        let used = samples.count / panelWidth
        backwardHead(packed, panels: used, dropped: dropped, into: gradient)
        let h = shape.hidden * 2
        let columns = shape.depth / 8
        let hiddenRows = packed.recurrent.paddedRows * 2
        cellGradient.clear()
        let target = UnsafeMutableRawPointer(gradient.weights).assumingMemoryBound(to: Lanes.self)
        for step in stride(from: shape.window - 1, through: 0, by: -1) {
            for panel in 0..<used {
                let dG = gateGradient.lanes + panel * forwardRows * 2
                let dh = outputGradient.lanes + panel * hiddenRows
                LSTMGates.backward(
                    gates: gate(step) + panel * forwardRows * 2, previousCell: cell(step) + panel * h,
                    cellTanh: tanhCell(step) + panel * h, outputGradient: dh, cellGradient: cellGradient.lanes + panel * h, into: dG,
                    bias: biasLanes.lanes, hidden: shape.hidden)
                if step > 0 {
                    panelProduct(packed.recurrent, bias: nil, b: dG, bStride: 0, into: dh, cStride: 0, panels: 1)
                }
                transpose(
                    input(step) + panel * panelInputs + shape.paddedInputs * 2, rows: shape.hidden,
                    into: rows.floats + panel * panelWidth * shape.depth + shape.paddedInputs, stride: shape.depth)
            }
            for (i, sample) in samples.enumerated() {
                (rows.floats + i * shape.depth).update(from: sample + step * shape.paddedInputs, count: shape.paddedInputs)
            }
            accumulateOuterProduct(
                gateGradient.lanes, aStride: forwardRows * 2, rows: shape.gates, b: rows.lanes, columns: columns, into: target, panels: used
            )
        }
    }

    private func backwardHead(_ packed: PackedLSTM, panels used: Int, dropped: Bool, into gradient: LSTMParameters) {
        let h = shape.hidden * 2
        let outputRows = shape.paddedOutputs * 2
        for panel in 0..<used {
            transpose(
                state.lanes + panel * h, rows: shape.hidden, into: headRows.floats + panel * panelWidth * shape.hidden, stride: shape.hidden
            )
        }
        accumulateOuterProduct(
            outputLoss.lanes, aStride: outputRows, rows: shape.paddedOutputs, b: headRows.lanes, columns: shape.hidden / 8,
            into: UnsafeMutableRawPointer(gradient.head).assumingMemoryBound(to: Lanes.self), panels: used)
        let hiddenRows = packed.recurrent.paddedRows * 2
        for panel in 0..<used {
            for row in 0..<shape.outputs {
                let lanes = outputLoss.lanes + panel * outputRows + row * 2
                gradient.headBias[row] += (lanes[0] + lanes[1]).sum()
            }
            let dh = outputGradient.lanes + panel * hiddenRows
            panelProduct(
                packed.headTransposed, bias: nil, b: outputLoss.lanes + panel * outputRows, bStride: 0, into: dh, cStride: 0, panels: 1)
            if dropped {
                for j in 0..<h { dh[j] *= mask.lanes[panel * h + j] }
            }
        }
    }
}
