import Kernels

/// One LSTM layer over 60 sessions and a linear head.
package typealias LSTM = SequenceModel<LSTMNet>

/// A Transformer encoder over twelve patches of five sessions.
package typealias Transformer = SequenceModel<TransformerNet>

/// A sequence net as a forecast model, trained on all instruments pooled by the pinball loss of z = y / (S √h).
///
/// A purged validation block decides when training stops early. The untrained model equals blended-volatility FHS, because the bias of the
/// net's head starts at the pooled quantiles.
package struct SequenceModel<Net: SequenceNet>: ForecastModel {
    package static var family: String { Net.family }
    package static var lookback: Int { Net.configuration.window + EarningsSeasonality.reach }

    package let metrics: [String: Double]
    let shape: SequenceShape
    let scaling: SequenceScaling
    /// Parameter blocks, one per net.
    let values: [[Float]]
    let seed: UInt64
    let cut: String
    private let ready: PackedNets<Net>

    init(shape: SequenceShape, scaling: SequenceScaling, values: [[Float]], seed: UInt64, cut: String, metrics: [String: Double]) {
        self.shape = shape
        self.scaling = scaling
        self.values = values
        self.seed = seed
        self.cut = cut
        self.metrics = metrics
        ready = PackedNets(shape, values)
    }

    package func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        try forecasts([(history, index)])[0].get()
    }

    package func forecasts(_ requests: [(history: History, index: Int)]) -> [Result<QuantileForecast, ForecastError>] {
        do { try Processor.check() } catch { return requests.map { _ in .failure(.processor(error.description)) } }
        let size = 64
        let rows = LaneBuffer(floats: min(size, requests.count) * shape.window * shape.paddedInputs)
        var forward = ForwardPass(ready)
        return stride(from: 0, to: requests.count, by: size).flatMap { start in
            batchForecasts(requests[start..<min(start + size, requests.count)], rows, &forward)
        }
    }

    private func batchForecasts(
        _ requests: ArraySlice<(history: History, index: Int)>, _ rows: LaneBuffer, _ forward: inout ForwardPass<Net>
    ) -> [Result<QuantileForecast, ForecastError>] {
        let length = shape.window * shape.paddedInputs
        rows.clear()
        var sigmas: [Result<Double, ForecastError>] = []
        for (i, request) in requests.enumerated() {
            sigmas.append(
                Result { () throws(ForecastError) in
                    try scaling.check(request.history.layout)
                    let sigma = try request.history.volatility(.blend, at: request.index)
                    let first = request.index + 1 - shape.window
                    scaling.write(
                        request.history, rows: first..<request.index + 1, into: rows.floats + i * length, stride: shape.paddedInputs)
                    return sigma
                })
        }
        let windows = requests.indices.map { UnsafePointer(rows.floats + ($0 - requests.startIndex) * length) }
        let z = forward.meanOutputs(windows)
        return sigmas.enumerated().map { i, sigma in
            Result { () throws(ForecastError) in
                try scaledForecast(Array(z[i * shape.outputs..<(i + 1) * shape.outputs]), sigma.get())
            }
        }
    }
}

/// The nets of a model with packed weights, ready for panels and for small batches.
final class PackedNets<Net: SequenceNet>: @unchecked Sendable {  // written in init only, read-only ever after
    let nets: [Net]

    init(_ shape: SequenceShape, _ values: [[Float]]) {
        nets = values.map {
            let net = Net(shape)
            net.parameters.load($0)
            net.pack()
            net.prepareSmallBatches()
            return net
        }
    }
}

/// The memory of one caller for forward passes of all nets of a model.
struct ForwardPass<Net: SequenceNet> {
    private let nets: [Net]
    private var passes: [Net.Pass] = []

    init(_ ready: PackedNets<Net>) { nets = ready.nets }

    /// The mean of the nets' outputs, `[window][output]`.
    mutating func meanOutputs(_ windows: [UnsafePointer<Float>]) -> [Double] {
        guard let shape = nets.first?.shape else { return [] }
        var z = [Double](repeating: 0, count: windows.count * shape.outputs)
        let share = Double(nets.count)
        if windows.count < panelWidth / 2, let outputs = smallBatchOutputs(windows) {
            for values in outputs {
                for i in z.indices { z[i] += Double(values[i]) / share }
            }
            return z
        }
        if passes.isEmpty { passes = nets.map { $0.makePass(trains: false) } }
        for (pass, net) in zip(passes, nets) {
            for first in stride(from: 0, to: windows.count, by: panelWidth) {
                let samples = windows[first..<min(first + panelWidth, windows.count)]
                pass.forward(net, samples: samples, dropout: nil)
                for i in samples.indices {
                    for row in 0..<shape.outputs { z[i * shape.outputs + row] += Double(pass.outputs[row, sample: i - first]) / share }
                }
            }
        }
        return z
    }

    private func smallBatchOutputs(_ windows: [UnsafePointer<Float>]) -> [[Float]]? {
        let outputs = nets.compactMap { $0.outputs(ofSmallBatch: windows) }
        return outputs.count == nets.count ? outputs : nil
    }
}

/// The artifact of a sequence net, with PyTorch's names and layouts, so that other tools can load it.
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
        if let unsupportedReason = Net.unsupportedReason(for: shape) { throw ArtifactError.mismatch(unsupportedReason) }
        guard let seed = UInt64(try state.text(ArtifactKey.seed)) else { throw ArtifactError.mismatch("seed is not a number") }
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
