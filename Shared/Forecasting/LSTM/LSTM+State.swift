/// The artifact of an LSTM: PyTorch's names and layouts, so that other tools can load it.
extension LSTM {
    package func state() -> Artifact {
        var metadata = Artifact.header(kind: Self.kind, seed: seed, cut: cut)
        metadata[ArtifactKey.featureVersion] = scaling.featureVersion
        metadata[ArtifactKey.inputs] = scaling.names.joined(separator: ",")
        metadata[ArtifactKey.scaling] = "(x - input.mean) / input.deviation, missing 0, clipped to 8; outputs times S sqrt(h)"
        metadata["window"] = String(shape.window)
        metadata["hidden"] = String(shape.hidden)
        metadata["nets"] = String(nets.count)
        for (name, value) in metrics { metadata["metric.\(name)"] = "\(value)" }
        var tensors = [
            Artifact.Tensor(name: "input.mean", shape: [shape.inputs], values: scaling.mean),
            Artifact.Tensor(name: "input.deviation", shape: [shape.inputs], values: scaling.deviation),
        ]
        for (i, values) in nets.enumerated() { tensors += Self.tensors(values, shape, prefix: "nets.\(i).") }
        return Artifact(metadata: metadata, tensors: tensors)
    }

    package init(state: Artifact) throws {
        try state.check(kind: Self.kind)
        func number(_ key: String, _ range: ClosedRange<Int>) throws -> Int {
            guard let value = Int(try state.text(key)), range.contains(value) else {
                throw ArtifactFailure.mismatch("\(key) is out of range")
            }
            return value
        }
        let names = try state.text(ArtifactKey.inputs).split(separator: ",").map(String.init)
        let shape = LSTMShape(inputs: names.count, hidden: try number("hidden", 8...1024), window: try number("window", 1...1000))
        guard shape.hidden % 8 == 0 else { throw ArtifactFailure.mismatch("hidden is no multiple of 8") }
        guard let seed = UInt64(try state.text(ArtifactKey.seed)) else { throw ArtifactFailure.mismatch("seed is no number") }
        let scaling = SequenceScaling(
            featureVersion: try state.text(ArtifactKey.featureVersion), names: names,
            mean: try state.values("input.mean", shape: [names.count]), deviation: try state.values("input.deviation", shape: [names.count])
        )
        guard scaling.deviation.allSatisfy({ $0 > 0 }) else { throw ArtifactFailure.mismatch("input.deviation is not positive") }
        let nets = try (0..<number("nets", 1...64)).map { try Self.parameters(state, shape, prefix: "nets.\($0).") }
        var metrics: [String: Double] = [:]
        for (key, value) in state.metadata where key.hasPrefix("metric.") { metrics[String(key.dropFirst(7))] = Double(value) }
        self.init(shape: shape, scaling: scaling, nets: nets, seed: seed, cut: try state.text(ArtifactKey.cut), metrics: metrics)
    }

    private static func tensors(_ values: [Float], _ s: LSTMShape, prefix: String) -> [Artifact.Tensor] {
        func columns(_ range: Range<Int>) -> [Float] {
            (0..<s.gates).flatMap { values[$0 * s.depth + range.lowerBound..<$0 * s.depth + range.upperBound] }
        }
        let bias = s.gates * s.depth
        let head = bias + s.gates
        let headBias = head + s.paddedOutputs * s.hidden
        return [
            .init(name: prefix + "lstm.weight_ih_l0", shape: [s.gates, s.inputs], values: columns(0..<s.inputs)),
            .init(name: prefix + "lstm.weight_hh_l0", shape: [s.gates, s.hidden], values: columns(s.paddedInputs..<s.depth)),
            .init(name: prefix + "lstm.bias_l0", shape: [s.gates], values: Array(values[bias..<head])),
            .init(name: prefix + "head.weight", shape: [s.outputs, s.hidden], values: Array(values[head..<head + s.outputs * s.hidden])),
            .init(name: prefix + "head.bias", shape: [s.outputs], values: Array(values[headBias..<headBias + s.outputs])),
        ]
    }

    private static func parameters(_ state: Artifact, _ s: LSTMShape, prefix: String) throws(ArtifactFailure) -> [Float] {
        var values = [Float](repeating: 0, count: LSTMParameters.count(s))
        let inputs = try state.values(prefix + "lstm.weight_ih_l0", shape: [s.gates, s.inputs])
        let recurrent = try state.values(prefix + "lstm.weight_hh_l0", shape: [s.gates, s.hidden])
        for row in 0..<s.gates {
            for k in 0..<s.inputs { values[row * s.depth + k] = inputs[row * s.inputs + k] }
            for k in 0..<s.hidden { values[row * s.depth + s.paddedInputs + k] = recurrent[row * s.hidden + k] }
        }
        let bias = s.gates * s.depth
        let head = bias + s.gates
        let headBias = head + s.paddedOutputs * s.hidden
        values.replaceSubrange(bias..<head, with: try state.values(prefix + "lstm.bias_l0", shape: [s.gates]))
        let weight = try state.values(prefix + "head.weight", shape: [s.outputs, s.hidden])
        values.replaceSubrange(head..<head + weight.count, with: weight)
        let outputs = try state.values(prefix + "head.bias", shape: [s.outputs])
        values.replaceSubrange(headBias..<headBias + outputs.count, with: outputs)
        return values
    }
}
