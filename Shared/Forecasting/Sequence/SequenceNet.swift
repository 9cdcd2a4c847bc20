package import Kernels

/// A net that reads a window of sessions and answers 21 quantiles of z: its weights in one block, and what forecasts and trains it.
///
/// The trainer, the fit, the artifact and the forecasts are the same for every such net.
package protocol SequenceNet: AnyObject {
    associatedtype Pass: SequencePass where Pass.Net == Self

    static var kind: String { get }
    /// The measured choice of sizes and training rules.
    static var configuration: SequenceConfiguration { get }
    /// Panels one pass works on at a time in training.
    static var trainingPanels: Int { get }
    /// Why a net of these sizes cannot be; nil when it can.
    static func objection(to shape: SequenceShape) -> String?

    init(_ shape: SequenceShape)
    var shape: SequenceShape { get }
    var parameters: ParameterBlock { get }
    /// The layer that answers the quantiles.
    var head: Linear { get }

    /// Random weights; the head small, its bias at the quantiles that need no net.
    func initialise(_ random: inout RandomStream, headBias: [Double])
    /// Brings the packed copies up to date with the parameters; call after every change of them.
    func pack()
    /// A worker's memory for up to `panels` panels of sixteen samples.
    func makePass(panels: Int, trains: Bool) -> Pass
    /// Adds the net to a graph whose `input` is [batch, window, inputs]; answers the name of its [batch, 21] outputs.
    static func addNodes(_ graph: inout ONNXGraph, _ shape: SequenceShape, _ weights: ONNXWeights, input: String) -> String
    /// Outputs of a few windows, `[window][output]`, the same bits as a pass's; nil when a pass is as fast.
    func outputs(ofFew windows: [UnsafePointer<Float>]) -> [Float]?
    /// Copies of the weights that only `outputs(ofFew:)` needs; until the next `pack`.
    func prepareForFew()
}

extension SequenceNet {
    package func prepareForFew() {}
    package func outputs(ofFew windows: [UnsafePointer<Float>]) -> [Float]? { nil }
}

/// One worker's memory for forward and backward passes over panels of sixteen samples.
package protocol SequencePass: AnyObject {
    associatedtype Net

    var outputs: OutputPanels { get }

    /// Runs the samples through the net. `samples[i]` points at the first input row of its window, rows `paddedInputs` floats apart.
    ///
    /// - Parameter dropout: nil drops nothing.
    func forward(_ net: Net, samples: ArraySlice<UnsafePointer<Float>>, dropout: Dropout?)

    /// Adds the gradient of the samples that `forward` saw last, from the output gradients set since. Samples fill whole panels.
    ///
    /// - Parameters:
    ///   - dropout: that of `forward`.
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

/// What a pass answers, and the loss's gradient with respect to it: panels of `paddedOutputs` rows.
package struct OutputPanels {
    let values, gradient: LaneBuffer
    private let rows: Int

    init(_ shape: SequenceShape, panels: Int) {
        rows = shape.paddedOutputs
        values = LaneBuffer(count: panels * rows * 2)
        gradient = LaneBuffer(count: panels * rows * 2)
    }

    /// The first `count` panels of the values or of the gradient.
    func panels(of buffer: LaneBuffer, _ count: Int) -> PanelRows { PanelRows(base: buffer.lanes, stride: rows * 2, panels: count) }

    private func place(_ row: Int, _ sample: Int) -> Int { (sample / panelWidth * rows + row) * panelWidth + sample % panelWidth }

    subscript(row: Int, sample index: Int) -> Float { values.floats[place(row, index)] }

    func setGradient(_ value: Float, row: Int, sample index: Int) { gradient.floats[place(row, index)] = value }
}

extension ArraySlice<UnsafePointer<Float>> {
    /// The samples of one panel.
    func panel(_ index: Int) -> Self {
        self[(startIndex + index * panelWidth)..<Swift.min(startIndex + (index + 1) * panelWidth, endIndex)]
    }
}
