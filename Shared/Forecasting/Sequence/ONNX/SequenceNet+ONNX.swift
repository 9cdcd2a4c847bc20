/// A net's weights by name, for building a graph.
package struct ONNXWeights {
    let tensors: [Artifact.Tensor]
    let prefix: String

    /// The named tensor, rearranged into another shape if requested.
    func callAsFunction(_ name: String, _ rearranged: ((Artifact.Tensor) -> (shape: [Int], values: [Float]))? = nil) -> Artifact.Tensor {
        guard let tensor = tensors.first(where: { $0.name == prefix + name }) else { preconditionFailure("no tensor \(name)") }
        guard let (shape, values) = rearranged?(tensor) else { return tensor }
        return Artifact.Tensor(name: tensor.name, shape: shape, values: values)
    }

    /// A matrix with rows and columns exchanged; all but the first dimension count as columns.
    func transposed(_ name: String) -> Artifact.Tensor {
        self(name) { tensor in
            let rows = tensor.shape[0], columns = tensor.values.count / rows
            return ([columns, rows], (0..<columns).flatMap { column in (0..<rows).map { tensor.values[$0 * columns + column] } })
        }
    }
}

extension ONNXGraph {
    mutating func linear(_ x: String, weight: Artifact.Tensor, bias: Artifact.Tensor) -> String {
        let product = node("MatMul", [x, constant(weight)])
        return node("Add", [product, constant(bias)])
    }
}

extension LSTMNet {
    package static func addNodes(_ graph: inout ONNXGraph, _ shape: SequenceShape, _ weights: ONNXWeights, input: String) -> String {
        let h = shape.hidden
        // PyTorch's gates are i, f, g, o; ONNX's i, o, f, c.
        func gates(_ name: String) -> Artifact.Tensor {
            weights(name) { tensor in
                let size = tensor.values.count / 4
                let blocks = [0, 3, 1, 2].flatMap { tensor.values[$0 * size..<($0 + 1) * size] }
                return tensor.shape.count == 1 ? ([1, 8 * h], blocks + [Float](repeating: 0, count: 4 * h)) : ([1] + tensor.shape, blocks)
            }
        }
        let steps = graph.node("Transpose", [input], [("perm", .ints([1, 0, 2]))])
        let inputs = [steps] + ["lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_l0"].map { graph.constant(gates($0)) }
        let last = graph.node("LSTM", inputs, [("hidden_size", .int(h))], outputs: 2, output: 1)
        let state = graph.node("Squeeze", [last, graph.constant([0])])
        return graph.linear(state, weight: weights.transposed("head.weight"), bias: weights("head.bias"))
    }
}

extension TransformerNet {
    package static func addNodes(_ graph: inout ONNXGraph, _ shape: SequenceShape, _ weights: ONNXWeights, input: String) -> String {
        let width = shape.hidden, tokens = shape.window / patch, depth = width / heads
        func norm(_ x: String, _ name: String) -> String {
            let parts = [x, graph.constant(weights(name + ".weight")), graph.constant(weights(name + ".bias"))]
            return graph.node("LayerNormalization", parts, [("axis", .int(-1)), ("epsilon", .float(1e-5))])
        }
        func linear(_ x: String, _ name: String, _ weight: String = ".weight", _ bias: String = ".bias") -> String {
            graph.linear(x, weight: weights.transposed(name + weight), bias: weights(name + bias))
        }
        func attention(_ x: String, _ name: String) -> String {
            let projected = linear(x, name, ".in_proj_weight", ".in_proj_bias")
            let split = graph.node("Reshape", [projected, graph.constant([-1, tokens, 3, heads, depth])])
            let parts = graph.node("Transpose", [split], [("perm", .ints([2, 0, 3, 1, 4]))])
            let qkv = (0..<3).map { part in
                let one = graph.node("Gather", [parts, graph.constant([part])], [("axis", .int(0))])
                return graph.node("Squeeze", [one, graph.constant([0])])
            }
            let keys = graph.node("Transpose", [qkv[1]], [("perm", .ints([0, 1, 3, 2]))])
            let product = graph.node("MatMul", [qkv[0], keys])
            let scores = graph.node("Mul", [product, graph.constant(1 / Float(depth).squareRoot())])
            let mixed = graph.node("MatMul", [graph.node("Softmax", [scores], [("axis", .int(-1))]), qkv[2]])
            let tokensFirst = graph.node("Transpose", [mixed], [("perm", .ints([0, 2, 1, 3]))])
            let joined = graph.node("Reshape", [tokensFirst, graph.constant([-1, tokens, width])])
            return linear(joined, name + ".out_proj")
        }
        func gelu(_ x: String) -> String {
            let error = graph.node("Erf", [graph.node("Mul", [x, graph.constant(Float(0.5).squareRoot())])])
            let half = graph.node("Mul", [x, graph.constant(0.5)])
            return graph.node("Mul", [half, graph.node("Add", [error, graph.constant(1)])])
        }
        let patches = graph.node("Reshape", [input, graph.constant([-1, tokens, patch * shape.inputs])])
        var stream = graph.node("Add", [linear(patches, "patch"), graph.constant(weights("position"))])
        for layer in (0..<layerCount).map({ "layers.\($0)." }) {
            stream = graph.node("Add", [stream, attention(norm(stream, layer + "norm1"), layer + "self_attn")])
            let wide = gelu(linear(norm(stream, layer + "norm2"), layer + "linear1"))
            stream = graph.node("Add", [stream, linear(wide, layer + "linear2")])
        }
        let newest = graph.node("Gather", [stream, graph.constant([tokens - 1])], [("axis", .int(1))])
        return linear(norm(graph.node("Squeeze", [newest, graph.constant([1])]), "norm"), "head")
    }
}
