/// A model that can be exported as an ONNX file.
package protocol ONNXExportable: ForecastModel {
    /// The model for inference as an ONNX file: `windows` [batch, window, inputs] to `z` [batch, 21], horizon-major.
    ///
    /// The file's metadata describes its use: `input_names` in their order, `input_mean`, `input_deviation` and `scaling` of a window's
    /// rows, oldest first; `horizons` and `quantiles` of the outputs, and `output_scaling` from z to log returns.
    ///
    /// - Parameter facts: further metadata, such as the model's id.
    func onnx(_ facts: [String: String]) -> [UInt8]
}

extension SequenceModel: ONNXExportable {
    package func onnx(_ facts: [String: String] = [:]) -> [UInt8] {
        var graph = ONNXGraph()
        let block = Net(shape).parameters
        let outputs = values.enumerated().map { i, values in
            let prefix = "nets.\(i)."
            return Net.addNodes(&graph, shape, ONNXWeights(tensors: block.named(values, prefix: prefix), prefix: prefix), input: "windows")
        }
        let sum = graph.node("Sum", outputs)
        _ = graph.node("Div", [sum, graph.constant(Float(outputs.count))], named: "z")
        return graph.model(
            Self.family, input: ("windows", [shape.window, shape.inputs]), output: ("z", [shape.outputs]),
            metadata: metadata.merging(facts) { $1 })
    }

    private var metadata: [String: String] {
        var metadata = Artifact.header(family: Self.family, seed: seed, cut: cut)
        metadata[ArtifactKey.featureVersion] = scaling.featureVersion
        metadata["window"] = String(shape.window)
        metadata["input_names"] = scaling.names.joined(separator: ",")
        metadata["input_mean"] = scaling.mean.map { "\($0)" }.joined(separator: ",")
        metadata["input_deviation"] = scaling.deviation.map { "\($0)" }.joined(separator: ",")
        metadata[ArtifactKey.scaling] = "(x - input_mean) / input_deviation, missing 0, clipped to \(SequenceScaling.limit)"
        metadata["derived_inputs"] =
            "ln_s97_S = ln(EWMA 0.97 volatility / S); ln_S = ln S + 4; S = the blended daily volatility; \(EarningsSeasonality.formula)"
        metadata["output_scaling"] = "sort z within a horizon of h sessions; log return = z * S * sqrt(h), S of the window's last row"
        return metadata
    }
}
