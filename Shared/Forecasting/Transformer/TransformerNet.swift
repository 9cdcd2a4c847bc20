import Kernels

/// A Transformer over patches of five sessions: an encoder of pre-norm layers, a linear head from the newest token to 21 quantiles of z.
///
/// The head reads the newest token, not the mean of all tokens: on 2014-2017 of the development data that gained 0.3 points of skill at
/// horizon 1.
///
/// Vaswani et al. (2017) with pre-norm (Xiong et al., 2020), patches as in PatchTST (Nie et al., 2023), learned positions, GELU.
/// Artifacts have PyTorch's names and layouts.
package final class TransformerNet: SequenceNet {
    package static let family = "transformer"
    /// The sizes and training rules. Averaged parameters were better than the last ones at every horizon on 2014–2017 of the development data.
    package static var configuration: SequenceConfiguration {
        var configuration = SequenceConfiguration()
        configuration.averaging = 0.99
        return configuration
    }

    package static let dropoutPanels = 1
    /// The number of sessions per token.
    static let patch = 5
    static let heads = 4, layerCount = 2

    struct Norm {
        /// Offsets of γ and β in the block.
        let gamma, beta: Int
    }

    struct Layer {
        let attentionNorm, feedForwardNorm: Norm
        /// Projection to queries, keys and values; projection of the heads' mix.
        let project, mix: LinearLayer
        let expand, contract: LinearLayer
    }

    package let shape: SequenceShape
    package let parameters: ParameterBlock
    let embed: LinearLayer
    package let head: LinearLayer
    /// Offset of the positions, [token][width].
    let position: Int
    let layers: [Layer]
    let norm: Norm

    var tokens: Int { shape.window / Self.patch }
    /// Floats of one token's sessions.
    var patchRows: Int { Self.patch * shape.paddedInputs }
    var feedForward: Int { 2 * shape.hidden }

    package static func unsupportedReason(for shape: SequenceShape) -> String? {
        if shape.hidden % 8 != 0 { return "hidden is not a multiple of 8" }
        return shape.window % (4 * patch) == 0 ? nil : "window is not a multiple of \(4 * patch)"
    }

    package init(_ shape: SequenceShape) {
        self.shape = shape
        let width = shape.hidden, patchRows = Self.patch * shape.paddedInputs
        var layout = ParameterBlock.Layout()
        func linear(_ name: String, bias: String, _ rows: Int, _ columns: Int) -> (LaneBuffer) -> LinearLayer {
            let weight = layout.reserve(rows * columns)
            layout.name(name, [rows, columns], at: weight, strides: [columns, 1])
            let bias = layout.vector(bias, rows)
            return { LinearLayer($0, rows: rows, columns: columns, weight: weight, bias: bias) }
        }
        func norm(_ name: String) -> Norm {
            Norm(gamma: layout.vector(name + ".weight", width), beta: layout.vector(name + ".bias", width))
        }
        let patchWeight = layout.reserve(width * patchRows)
        layout.name("patch.weight", [width, Self.patch, shape.inputs], at: patchWeight, strides: [patchRows, shape.paddedInputs, 1])
        let patchBias = layout.vector("patch.bias", width)
        position = layout.reserve(shape.window / Self.patch * width)
        layout.name("position", [shape.window / Self.patch, width], at: position, strides: [width, 1])
        let layers = (0..<Self.layerCount).map { i in
            let name = "layers.\(i)."
            return (
                norm(name + "norm1"), norm(name + "norm2"),
                linear(name + "self_attn.in_proj_weight", bias: name + "self_attn.in_proj_bias", 3 * width, width),
                linear(name + "self_attn.out_proj.weight", bias: name + "self_attn.out_proj.bias", width, width),
                linear(name + "linear1.weight", bias: name + "linear1.bias", 2 * width, width),
                linear(name + "linear2.weight", bias: name + "linear2.bias", width, 2 * width)
            )
        }
        self.norm = norm("norm")
        let headWeight = layout.reserve(shape.paddedOutputs * width)
        layout.name("head.weight", [shape.outputs, width], at: headWeight, strides: [width, 1])
        let headBias = layout.vector("head.bias", shape.outputs)
        parameters = ParameterBlock(layout)
        let block = parameters.buffer
        embed = LinearLayer(block, rows: width, columns: patchRows, weight: patchWeight, bias: patchBias)
        head = LinearLayer(block, rows: shape.paddedOutputs, columns: width, weight: headWeight, bias: headBias)
        self.layers = layers.map {
            Layer(attentionNorm: $0, feedForwardNorm: $1, project: $2(block), mix: $3(block), expand: $4(block), contract: $5(block))
        }
    }

    /// Initialises the layers as PyTorch does; positions are uniform with deviation 0.02.
    package func initialise(_ random: inout RandomGenerator, headBias: [Double]) {
        let floats = parameters.floats
        func fill(_ linear: LinearLayer, _ bound: Float, biasBound: Float) {
            for i in 0..<linear.rows * linear.columns { floats[linear.weight + i] = random.symmetric(bound) }
            for i in 0..<linear.rows { floats[linear.bias + i] = random.symmetric(biasBound) }
        }
        func fill(_ linear: LinearLayer) {
            let bound = 1 / Float(linear.columns).squareRoot()
            fill(linear, bound, biasBound: bound)
        }
        let bound = 1 / Float(Self.patch * shape.inputs).squareRoot()
        for row in 0..<shape.hidden {
            for k in 0..<patchRows where k % shape.paddedInputs < shape.inputs {
                floats[embed.weight + row * patchRows + k] = random.symmetric(bound)
            }
            floats[embed.bias + row] = random.symmetric(bound)
        }
        for i in 0..<tokens * shape.hidden { floats[position + i] = random.symmetric(0.02 * Float(3).squareRoot()) }
        for layer in layers {
            fill(layer.project, (6 / Float(4 * shape.hidden)).squareRoot(), biasBound: 0)
            fill(layer.mix, 1 / Float(shape.hidden).squareRoot(), biasBound: 0)
            fill(layer.expand)
            fill(layer.contract)
        }
        for norm in layers.flatMap({ [$0.attentionNorm, $0.feedForwardNorm] }) + [norm] {
            for i in 0..<shape.hidden { floats[norm.gamma + i] = 1 }
        }
        head.initialise(&random, headBias: headBias)
    }

    package func pack() {
        embed.pack()
        for layer in layers {
            for linear in [layer.project, layer.mix, layer.expand, layer.contract] { linear.pack() }
        }
        head.pack()
    }

    package func makePass(trains: Bool) -> TransformerPass { TransformerPass(self) }
}
