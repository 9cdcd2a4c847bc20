package import Kernels

/// A net that maps a window of sessions to 21 quantiles of z. Training, artifact and forecasts are common to all such nets.
package protocol SequenceNet: AnyObject {
    associatedtype Pass: SequencePass where Pass.Net == Self

    static var family: String { get }
    /// Sizes and training rules of the shipping net.
    static var configuration: SequenceConfiguration { get }
    /// The number of panels that share one dropout key, each with its own sites.
    static var dropoutPanels: Int { get }
    /// The reason why the net cannot have a shape; nil for a supported shape.
    static func unsupportedReason(for shape: SequenceShape) -> String?

    init(_ shape: SequenceShape)
    var shape: SequenceShape { get }
    var parameters: ParameterBlock { get }
    /// The layer that outputs the quantiles.
    var head: LinearLayer { get }

    /// Sets random weights; the head's are small, its bias is `headBias`.
    func initialise(_ random: inout RandomGenerator, headBias: [Double])
    /// Updates the packed copies of the parameters; must be called after every change of the parameters.
    func pack()
    /// The memory of one worker for a panel of sixteen samples.
    func makePass(trains: Bool) -> Pass
    /// Adds the net to a graph whose `input` is [batch, window, inputs]; returns the name of its [batch, 21] output.
    static func addNodes(_ graph: inout ONNXGraph, _ shape: SequenceShape, _ weights: ONNXWeights, input: String) -> String
    /// The outputs of a few windows, `[window][output]`, bit-identical to a pass; nil if a pass is as fast.
    func outputs(ofSmallBatch windows: [UnsafePointer<Float>]) -> [Float]?
    /// Makes the copies of the parameters that `outputs(ofSmallBatch:)` needs; valid until the next `pack`.
    func prepareSmallBatches()
}

extension SequenceNet {
    package func prepareSmallBatches() {}
    package func outputs(ofSmallBatch windows: [UnsafePointer<Float>]) -> [Float]? { nil }
}

/// One worker's memory for forward and backward passes over a panel of up to sixteen samples.
package protocol SequencePass: AnyObject {
    associatedtype Net

    var outputs: OutputPanels { get }

    /// Runs the samples through the net. `samples[i]` points at the first input row of its window, rows `paddedInputs` floats apart.
    ///
    /// - Parameter dropout: nil drops nothing.
    func forward(_ net: Net, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?)

    /// Adds the gradient of the samples of the last `forward`, from the output gradients that the caller has set. The samples must fill the
    /// panel.
    ///
    /// - Parameters:
    ///   - dropout: the same as in `forward`.
    ///   - gradient: a block laid out as the net's parameters.
    func backward(_ net: Net, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?, into gradient: LaneBuffer)
}

/// The sizes of a net; inputs are padded to whole registers.
package struct SequenceShape: Hashable, Sendable {
    package let inputs: Int
    /// Width of the state, or of a token.
    package let hidden: Int
    package let window: Int

    /// Inputs rounded up to whole registers.
    var paddedInputs: Int { (inputs + 7) / 8 * 8 }
    var outputs: Int { Quantiles.count }
    /// Outputs rounded up to whole registers and whole tiles.
    var paddedOutputs: Int { (outputs + 7) / 8 * 8 }
}

/// The outputs of a pass, and the loss's gradient with respect to them: a panel of `paddedOutputs` rows.
package struct OutputPanels {
    let values, gradient: LaneBuffer
    private let count: Int

    init(_ shape: SequenceShape) {
        count = shape.paddedOutputs
        values = LaneBuffer(count: count * 2)
        gradient = LaneBuffer(count: count * 2)
    }

    /// The values or the gradient.
    func rows(of buffer: LaneBuffer) -> PanelRows { PanelRows(base: buffer.lanes, stride: count * 2, panels: 1) }

    subscript(row: Int, sample index: Int) -> Float { values.floats[row * panelWidth + index] }

    func setGradient(_ value: Float, row: Int, sample index: Int) { gradient.floats[row * panelWidth + index] = value }
}
