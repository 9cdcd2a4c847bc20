package import Kernels

/// Backpropagation through time for one panel of sixteen samples.
///
/// The forward pass stores [x, h], gates, cells and tanh(cell) of every step; the backward pass visits them in reverse. The steps of one
/// panel fit the second-level cache.
package final class LSTMPass: SequencePass {
    package let outputs: OutputPanels
    private let shape: SequenceShape
    /// Steps whose activations and inputs are stored: all for training; for forecasts, the activations of one step and the inputs of
    /// `fetchedSteps` steps.
    private let storedSteps, storedInputs: Int
    private let inputs, gates, cells, cellTanh: LaneBuffer
    /// The gates' gradients of `stepsPerSum` steps, and [x, h] of the same steps as sample rows.
    private let gateGradients, rows: LaneBuffer
    private let biasGradient, outputGradient, cellGradient: LaneBuffer
    /// The last hidden state after dropout.
    private let state: LaneBuffer

    /// Steps whose weight gradients are added at a time, to store and load the sums less often.
    private static let stepsPerSum = 4
    /// Steps whose inputs are fetched at a time.
    private static let fetchedSteps = 12

    init(_ net: LSTMNet, trains: Bool) {
        shape = net.shape
        storedSteps = trains ? shape.window : 1
        storedInputs = trains ? shape.window : Self.fetchedSteps
        let h = shape.hidden * 2
        inputs = LaneBuffer(count: (storedInputs + 1) * net.depth * 2)
        gates = LaneBuffer(count: storedSteps * h * 4)
        cells = LaneBuffer(count: (storedSteps + 1) * h)
        cellTanh = LaneBuffer(count: storedSteps * h)
        gateGradients = LaneBuffer(count: trains ? Self.stepsPerSum * h * 4 : 0)
        rows = LaneBuffer(floats: trains ? Self.stepsPerSum * panelWidth * net.depth : 0)
        biasGradient = LaneBuffer(count: trains ? net.gates : 0)
        outputGradient = LaneBuffer(count: h)
        cellGradient = LaneBuffer(count: h)
        state = LaneBuffer(count: h)
        outputs = OutputPanels(shape)
    }

    private var panelHidden: Int { shape.hidden * 2 }
    private var panelInputs: Int { (shape.paddedInputs + shape.hidden) * 2 }
    private func input(_ step: Int) -> UnsafeMutablePointer<Float8> { inputs.lanes + step % (storedInputs + 1) * panelInputs }
    /// The hidden state h before `step`, inside [x, h].
    private func hidden(_ step: Int) -> UnsafeMutablePointer<Float8> { input(step) + shape.paddedInputs * 2 }
    private func gate(_ step: Int) -> UnsafeMutablePointer<Float8> { gates.lanes + step % storedSteps * panelHidden * 4 }
    private func cell(_ step: Int) -> UnsafeMutablePointer<Float8> { cells.lanes + step % (storedSteps + 1) * panelHidden }
    private func tanhCell(_ step: Int) -> UnsafeMutablePointer<Float8> { cellTanh.lanes + step % storedSteps * panelHidden }
    private var states: PanelRows { PanelRows(base: state.lanes, stride: panelHidden, panels: 1) }

    package func forward(_ net: LSTMNet, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?) {
        hidden(0).update(repeating: Float8(repeating: 0), count: panelHidden)
        cell(0).update(repeating: Float8(repeating: 0), count: panelHidden)
        for step in 0..<shape.window {
            if step % Self.fetchedSteps == 0 { fetch(samples, step..<min(step + Self.fetchedSteps, shape.window)) }
            // The first step's h is zero.
            panelProduct(
                net.forward, depth: step == 0 ? shape.paddedInputs : nil, bias: net.bias, b: input(step), bStride: 0, into: gate(step),
                cStride: 0, panels: 1)
            LSTMGates.forward(
                gates: gate(step), previousCell: cell(step), cell: cell(step + 1), cellTanh: tanhCell(step), output: hidden(step + 1),
                width: panelHidden)
        }
        let last = hidden(shape.window)
        if let dropout {
            dropout.apply(last, site: 0, into: state.lanes, count: panelHidden)
        } else {
            state.lanes.update(from: last, count: panelHidden)
        }
        net.head.apply(states, into: outputs.rows(of: outputs.values))
    }

    private func fetch(_ samples: ArraySlice<UnsafePointer<Float>>, _ steps: Range<Int>) {
        let rows = shape.paddedInputs
        // At the ring's end, the rest is fetched separately.
        let wrap = min(steps.count, storedInputs + 1 - steps.lowerBound % (storedInputs + 1))
        gather(samples, offset: steps.lowerBound * rows, rows: rows, count: wrap, into: input(steps.lowerBound), stride: panelInputs)
        guard wrap < steps.count else { return }
        let rest = steps.lowerBound + wrap
        gather(samples, offset: rest * rows, rows: rows, count: steps.upperBound - rest, into: input(rest), stride: panelInputs)
    }

    package func backward(_ net: LSTMNet, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?, into gradient: LaneBuffer) {
        precondition(samples.count == panelWidth)
        let loss = outputs.rows(of: outputs.gradient)
        net.head.accumulate(loss, inputs: states, rows: rows, into: gradient)
        net.head.inputGradient(loss, into: PanelRows(base: outputGradient.lanes, stride: panelHidden, panels: 1))
        dropout?.apply(outputGradient.lanes, site: 0, into: outputGradient.lanes, count: panelHidden)
        cellGradient.clear()
        biasGradient.clear()
        for last in stride(from: shape.window, to: 0, by: -Self.stepsPerSum) {
            let steps = max(0, last - Self.stepsPerSum)..<last
            for (place, step) in steps.reversed().enumerated() { backward(net, step: step, place: place) }
            copyInputs(samples, steps)
            accumulateOuterProduct(
                gateGradients.lanes, aStride: panelHidden * 4, rows: net.gates, b: rows.lanes, columns: net.depth / 8,
                into: gradient.lanes, panels: steps.count)
        }
        for row in 0..<net.gates { gradient.floats[net.biasOffset + row] += biasGradient.lanes[row].sum() }
    }

    /// Copies the inputs of some steps, the last step first, as sample rows beside the states.
    private func copyInputs(_ samples: ArraySlice<UnsafePointer<Float>>, _ steps: Range<Int>) {
        let (inputs, depth) = (shape.paddedInputs, shape.paddedInputs + shape.hidden)
        for (i, sample) in samples.enumerated() {
            for (place, step) in steps.reversed().enumerated() {
                (rows.floats + (place * panelWidth + i) * depth).update(from: sample + step * inputs, count: inputs)
            }
        }
    }

    private func backward(_ net: LSTMNet, step: Int, place: Int) {
        let gateGradient = gateGradients.lanes + place * panelHidden * 4
        let rows = rows.floats + place * panelWidth * net.depth
        LSTMGates.backward(
            gates: gate(step), previousCell: cell(step), cellTanh: tanhCell(step), outputGradient: outputGradient.lanes,
            cellGradient: cellGradient.lanes, into: gateGradient, bias: biasGradient.lanes, hidden: shape.hidden)
        transpose(hidden(step), rows: shape.hidden, into: rows + shape.paddedInputs, stride: net.depth)
        if step > 0 {
            panelProduct(net.recurrent, bias: nil, b: gateGradient, bStride: 0, into: outputGradient.lanes, cStride: 0, panels: 1)
        }
    }
}
