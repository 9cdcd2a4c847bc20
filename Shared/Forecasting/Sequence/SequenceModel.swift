import Kernels

/// One layer of LSTM over 60 sessions and a linear head.
package typealias LSTM = SequenceModel<LSTMNet>

/// An encoder over twelve patches of five sessions.
package typealias Transformer = SequenceModel<TransformerNet>

/// A sequence net as a model: trained on all instruments pooled by the pinball loss of z = y / (S √h), early-stopped on a purged
/// validation block.
///
/// It starts as blended-volatility FHS: the bias of the net's head is at the pooled quantiles.
package struct SequenceModel<Net: SequenceNet>: ForecastModel {
    package static var family: String { Net.family }
    package static var lookback: Int { Net.configuration.window + EarningsSeasonality.reach }

    package let metrics: [String: Double]
    let shape: SequenceShape
    let scaling: SequenceScaling
    /// The values of one parameter block per net.
    let values: [[Float]]
    let seed: UInt64
    let cut: String
    private let ready: ReadyNets<Net>

    init(shape: SequenceShape, scaling: SequenceScaling, values: [[Float]], seed: UInt64, cut: String, metrics: [String: Double]) {
        self.shape = shape
        self.scaling = scaling
        self.values = values
        self.seed = seed
        self.cut = cut
        self.metrics = metrics
        ready = ReadyNets(shape, values)
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
            answer(requests[start..<min(start + size, requests.count)], rows, &forward)
        }
    }

    private func answer(
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

/// The nets ready to run, for panels and for single samples.
final class ReadyNets<Net: SequenceNet>: @unchecked Sendable {  // written in init only, read-only ever after
    let nets: [Net]

    init(_ shape: SequenceShape, _ values: [[Float]]) {
        nets = values.map {
            let net = Net(shape)
            net.parameters.load($0)
            net.pack()
            net.prepareForFew()
            return net
        }
    }
}

/// One caller's memory for answers of all nets.
struct ForwardPass<Net: SequenceNet> {
    private let nets: [Net]
    private var passes: [Net.Pass] = []

    init(_ ready: ReadyNets<Net>) { nets = ready.nets }

    /// Mean outputs of the nets, `[window][output]`.
    mutating func meanOutputs(_ windows: [UnsafePointer<Float>]) -> [Double] {
        guard let shape = nets.first?.shape else { return [] }
        var z = [Double](repeating: 0, count: windows.count * shape.outputs)
        let share = Double(nets.count)
        if windows.count < panelWidth / 2, let few = few(windows) {
            for values in few {
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

    private func few(_ windows: [UnsafePointer<Float>]) -> [[Float]]? {
        let answers = nets.compactMap { $0.outputs(ofFew: windows) }
        return answers.count == nets.count ? answers : nil
    }
}
