/// The artifact of a sequence net: PyTorch's names and layouts, so that other tools can load it.
extension SequenceModel {
    package func state() -> Artifact {
        var metadata = Artifact.header(family: Self.family, seed: seed, cut: cut)
        metadata[ArtifactKey.featureVersion] = scaling.featureVersion
        metadata[ArtifactKey.inputs] = scaling.names.joined(separator: ",")
        metadata[ArtifactKey.scaling] = "(x - input.mean) / input.deviation, missing 0, clipped to 8; outputs times S sqrt(h)"
        metadata["window"] = String(shape.window)
        metadata["hidden"] = String(shape.hidden)
        metadata["nets"] = String(values.count)
        for (name, value) in metrics { metadata["metric.\(name)"] = "\(value)" }
        let tensors = [
            Artifact.Tensor(name: "input.mean", shape: [shape.inputs], values: scaling.mean),
            Artifact.Tensor(name: "input.deviation", shape: [shape.inputs], values: scaling.deviation),
        ]
        let block = Net(shape).parameters
        return Artifact(metadata: metadata, tensors: tensors + values.enumerated().flatMap { block.named($1, prefix: "nets.\($0).") })
    }

    package init(state: Artifact) throws {
        try state.check(family: Self.family)
        func number(_ key: String, _ range: ClosedRange<Int>) throws -> Int {
            guard let value = Int(try state.text(key)), range.contains(value) else {
                throw ArtifactError.mismatch("\(key) is out of range")
            }
            return value
        }
        let names = try state.text(ArtifactKey.inputs).split(separator: ",").map(String.init)
        guard Array(names.suffix(SequenceScaling.derivedNames.count)) == SequenceScaling.derivedNames else {
            throw ArtifactError.mismatch("inputs do not end with \(SequenceScaling.derivedNames.joined(separator: ","))")
        }
        let shape = SequenceShape(inputs: names.count, hidden: try number("hidden", 8...1024), window: try number("window", 1...1000))
        if let objection = Net.objection(to: shape) { throw ArtifactError.mismatch(objection) }
        guard let seed = UInt64(try state.text(ArtifactKey.seed)) else { throw ArtifactError.mismatch("seed is no number") }
        let scaling = SequenceScaling(
            featureVersion: try state.text(ArtifactKey.featureVersion), names: names,
            mean: try state.values("input.mean", shape: [names.count]), deviation: try state.values("input.deviation", shape: [names.count])
        )
        guard scaling.deviation.allSatisfy({ $0 > 0 }) else { throw ArtifactError.mismatch("input.deviation is not positive") }
        let values = try (0..<number("nets", 1...64)).map { index in
            let block = Net(shape).parameters
            try block.load(state, prefix: "nets.\(index).")
            return block.values
        }
        var metrics: [String: Double] = [:]
        for (key, value) in state.metadata where key.hasPrefix("metric.") { metrics[String(key.dropFirst(7))] = Double(value) }
        self.init(shape: shape, scaling: scaling, values: values, seed: seed, cut: try state.text(ArtifactKey.cut), metrics: metrics)
    }
}
