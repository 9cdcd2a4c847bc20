package import Kernels

/// Backpropagation through time by hand: forward keeps [x, h], gates, cells and tanh(cell) of every step; backward walks them in reverse.
package final class LSTMPass: SequencePass {
    package let outputs: OutputPanels
    private let shape: SequenceShape
    private let panels: Int
    /// Steps whose activations are kept: all of them to train, one to forecast.
    private let kept: Int
    private let inputs, gates, cells, cellTanh: LaneBuffer
    private let gateGradient, biasGradient, outputGradient, cellGradient, rows: LaneBuffer
    /// Last state after dropout, as panels.
    private let state: LaneBuffer

    init(_ net: LSTMNet, panels: Int, trains: Bool) {
        shape = net.shape
        self.panels = panels
        kept = trains ? shape.window : 1
        let h = shape.hidden * 2
        inputs = LaneBuffer(count: (kept + 1) * panels * net.depth * 2)
        gates = LaneBuffer(count: kept * panels * h * 4)
        cells = LaneBuffer(count: (kept + 1) * panels * h)
        cellTanh = LaneBuffer(count: kept * panels * h)
        gateGradient = LaneBuffer(count: trains ? panels * h * 4 : 0)
        biasGradient = LaneBuffer(count: trains ? net.gates : 0)
        outputGradient = LaneBuffer(count: panels * h)
        cellGradient = LaneBuffer(count: panels * h)
        rows = LaneBuffer(count: trains ? panels * panelWidth * net.depth / 8 : 0)
        state = LaneBuffer(count: panels * h)
        outputs = OutputPanels(shape, panels: panels)
    }

    private var panelInputs: Int { (shape.paddedInputs + shape.hidden) * 2 }
    private var panelHidden: Int { shape.hidden * 2 }
    private func input(_ step: Int, _ panel: Int) -> UnsafeMutablePointer<Lanes> {
        inputs.lanes + (step % (kept + 1) * panels + panel) * panelInputs
    }
    /// h before `step`, inside [x, h].
    private func hidden(_ step: Int, _ panel: Int) -> UnsafeMutablePointer<Lanes> { input(step, panel) + shape.paddedInputs * 2 }
    private func gate(_ step: Int, _ panel: Int) -> UnsafeMutablePointer<Lanes> {
        gates.lanes + (step % kept * panels + panel) * panelHidden * 4
    }
    private func cell(_ step: Int, _ panel: Int) -> UnsafeMutablePointer<Lanes> {
        cells.lanes + (step % (kept + 1) * panels + panel) * panelHidden
    }
    private func tanhCell(_ step: Int, _ panel: Int) -> UnsafeMutablePointer<Lanes> {
        cellTanh.lanes + (step % kept * panels + panel) * panelHidden
    }
    private func states(_ used: Int) -> PanelRows { PanelRows(base: state.lanes, stride: panelHidden, panels: used) }
    private func gradients(_ used: Int) -> PanelRows { PanelRows(base: outputGradient.lanes, stride: panelHidden, panels: used) }

    package func forward(_ net: LSTMNet, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?) {
        let used = (samples.count + panelWidth - 1) / panelWidth
        for panel in 0..<used {
            hidden(0, panel).update(repeating: Lanes(repeating: 0), count: panelHidden)
            cell(0, panel).update(repeating: Lanes(repeating: 0), count: panelHidden)
        }
        for step in 0..<shape.window {
            for panel in 0..<used {
                gather(
                    samples.panel(panel), offset: step * shape.paddedInputs, rows: shape.paddedInputs, into: input(step, panel))
            }
            panelProduct(
                net.forward, bias: net.bias, b: input(step, 0), bStride: panelInputs, into: gate(step, 0), cStride: panelHidden * 4,
                panels: used)
            for panel in 0..<used {
                LSTMGates.forward(
                    gates: gate(step, panel), previousCell: cell(step, panel), cell: cell(step + 1, panel), cellTanh: tanhCell(step, panel),
                    output: hidden(step + 1, panel), width: panelHidden)
            }
        }
        for panel in 0..<used {
            let last = hidden(shape.window, panel), target = states(used)[panel]
            if let dropout {
                dropout.apply(last, site: panel, into: target, count: panelHidden)
            } else {
                target.update(from: last, count: panelHidden)
            }
        }
        net.head.apply(states(used), into: outputs.panels(of: outputs.values, used))
    }

    package func backward(_ net: LSTMNet, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?, into gradient: LaneBuffer) {
        precondition(samples.count % panelWidth == 0)
        let used = samples.count / panelWidth
        let loss = outputs.panels(of: outputs.gradient, used)
        net.head.accumulate(loss, inputs: states(used), rows: rows, into: gradient)
        net.head.inputGradient(loss, into: gradients(used))
        if let dropout {
            for panel in 0..<used { dropout.apply(gradients(used)[panel], site: panel, into: gradients(used)[panel], count: panelHidden) }
        }
        cellGradient.clear()
        biasGradient.clear()
        for step in stride(from: shape.window - 1, through: 0, by: -1) { backward(net, samples, step: step, into: gradient) }
        for row in 0..<net.gates { gradient.floats[net.biasOffset + row] += biasGradient.lanes[row].sum() }
    }

    private func backward(_ net: LSTMNet, _ samples: ArraySlice<UnsafePointer<Float>>, step: Int, into gradient: LaneBuffer) {
        let used = samples.count / panelWidth
        for panel in 0..<used {
            LSTMGates.backward(
                gates: gate(step, panel), previousCell: cell(step, panel), cellTanh: tanhCell(step, panel),
                outputGradient: outputGradient.lanes + panel * panelHidden, cellGradient: cellGradient.lanes + panel * panelHidden,
                into: gateGradient.lanes + panel * panelHidden * 4, bias: biasGradient.lanes, hidden: shape.hidden)
            transpose(
                hidden(step, panel), rows: shape.hidden, into: rows.floats + panel * panelWidth * net.depth + shape.paddedInputs,
                stride: net.depth)
        }
        if step > 0 {
            panelProduct(
                net.recurrent, bias: nil, b: gateGradient.lanes, bStride: panelHidden * 4, into: outputGradient.lanes, cStride: panelHidden,
                panels: used)
        }
        for (i, sample) in samples.enumerated() {
            (rows.floats + i * net.depth).update(from: sample + step * shape.paddedInputs, count: shape.paddedInputs)
        }
        accumulateOuterProduct(
            gateGradient.lanes, aStride: panelHidden * 4, rows: net.gates, b: rows.lanes, columns: net.depth / 8, into: gradient.lanes,
            panels: used)
    }
}
