import Kernels

/// The layer y = W x + b over panels, with its gradients; W and b are stored in a net's parameter block.
package struct LinearLayer {
    let rows, columns: Int
    /// Offsets in the parameter block.
    let weight, bias: Int
    private let block: LaneBuffer
    private let forward, transposed: PackedMatrix

    /// - Parameters:
    ///   - rows, columns: multiples of 8.
    init(_ block: LaneBuffer, rows: Int, columns: Int, weight: Int, bias: Int) {
        self.rows = rows
        self.columns = columns
        self.weight = weight
        self.bias = bias
        self.block = block
        forward = PackedMatrix(rows: rows, depth: columns)
        transposed = PackedMatrix(rows: columns, depth: rows)
    }

    /// Initialises a head: weights uniform in ±0.3/√columns, biases at the given quantiles; padding rows stay zero.
    func initialise(_ random: inout RandomGenerator, headBias start: [Double]) {
        let bound = 0.3 / Float(columns).squareRoot()
        for row in start.indices {
            for k in 0..<columns { block.floats[weight + row * columns + k] = random.symmetric(bound) }
            block.floats[bias + row] = Float(start[row])
        }
    }

    /// Updates the packed copies after a change of W.
    func pack() {
        forward.pack(block.floats + weight, rowStride: columns, depthStride: 1)
        transposed.pack(block.floats + weight, rowStride: 1, depthStride: columns)
    }

    func apply(_ x: PanelRows, into y: PanelRows) {
        panelProduct(
            forward, bias: block.floats + bias, b: x.base, bStride: x.stride, into: y.base, cStride: y.stride, panels: x.panels)
    }

    /// Computes ∂L/∂x from ∂L/∂y.
    func inputGradient(_ outputGradient: PanelRows, into gradient: PanelRows) {
        panelProduct(
            transposed, bias: nil, b: outputGradient.base, bStride: outputGradient.stride, into: gradient.base, cStride: gradient.stride,
            panels: outputGradient.panels)
    }

    /// Adds ∂L/∂W and ∂L/∂b to `gradient`.
    ///
    /// - Parameter rows: scratch for sixteen rows of `columns` floats per panel.
    func accumulate(_ outputGradient: PanelRows, inputs x: PanelRows, rows scratch: LaneBuffer, into gradient: LaneBuffer) {
        for panel in 0..<x.panels {
            transpose(x[panel], rows: columns, into: scratch.floats + panel * panelWidth * columns, stride: columns)
        }
        accumulate(outputGradient, transposedInputs: scratch, into: gradient)
    }

    /// Adds ∂L/∂W and ∂L/∂b to `gradient`, from inputs that are already transposed into sample rows.
    func accumulate(_ outputGradient: PanelRows, transposedInputs: LaneBuffer, into gradient: LaneBuffer) {
        accumulateOuterProduct(
            outputGradient.base, aStride: outputGradient.stride, rows: rows, b: transposedInputs.lanes, columns: columns / 8,
            into: gradient.lanes + weight / 8, panels: outputGradient.panels)
        for row in 0..<rows {
            var sum = Float8(repeating: 0)
            for panel in 0..<outputGradient.panels {
                let lanes = outputGradient[panel] + row * 2
                sum += lanes[0] + lanes[1]
            }
            gradient.floats[bias + row] += sum.sum()
        }
    }
}

/// A view of panels of activations; the memory belongs to another object.
struct PanelRows {
    let base: UnsafeMutablePointer<Float8>
    /// Registers from one panel to the next.
    let stride: Int
    let panels: Int

    subscript(panel: Int) -> UnsafeMutablePointer<Float8> { base + panel * stride }
}
