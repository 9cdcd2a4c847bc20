import Kernels

/// One layer of LSTM over a 60-session window of volatility-free features, a linear head to 21 quantiles of z = y / (S √h).
///
/// Hochreiter and Schmidhuber (1997) with forget gates; trained on all instruments pooled by the pinball loss, early-stopped on a
/// purged validation block. The net starts as blended-volatility FHS: its head's bias is at the pooled quantiles.
package struct LSTM: ForecastModel {
    package static let kind = "lstm"

    package let metrics: [String: Double]
    let shape: LSTMShape
    let scaling: SequenceScaling
    /// One parameter block per net.
    let nets: [[Float]]
    let seed: UInt64
    let cut: String
    private let packed: PackedNets

    init(shape: LSTMShape, scaling: SequenceScaling, nets: [[Float]], seed: UInt64, cut: String, metrics: [String: Double]) {
        self.shape = shape
        self.scaling = scaling
        self.nets = nets
        self.seed = seed
        self.cut = cut
        self.metrics = metrics
        packed = PackedNets(shape, nets)
    }

    package func forecast(_ history: History, at index: Int) throws(ForecastRefusal) -> QuantileForecast {
        try forecasts([(history, index)])[0].get()
    }

    package func forecasts(_ requests: [(history: History, index: Int)]) -> [Result<QuantileForecast, ForecastRefusal>] {
        do { try Processor.check() } catch { return requests.map { _ in .failure(.processor(error.description)) } }
        let size = 64
        let rows = LaneBuffer(floats: min(size, requests.count) * shape.window * shape.paddedInputs)
        let panels = (min(size, requests.count) + panelWidth - 1) / panelWidth
        let passes = requests.count < panelWidth / 2 ? [] : packed.nets.map { LSTMPass($0, panels: panels, trains: false) }
        return stride(from: 0, to: requests.count, by: size).flatMap { start in
            answer(requests[start..<min(start + size, requests.count)], rows, passes)
        }
    }

    private func answer(
        _ requests: ArraySlice<(history: History, index: Int)>, _ rows: LaneBuffer, _ passes: [LSTMPass]
    ) -> [Result<QuantileForecast, ForecastRefusal>] {
        let length = shape.window * shape.paddedInputs
        rows.clear()
        var sigmas: [Result<Double, ForecastRefusal>] = []
        for (i, request) in requests.enumerated() {
            sigmas.append(
                Result { () throws(ForecastRefusal) in
                    try scaling.check(request.history.layout)
                    let sigma = try request.history.volatility(.blend, at: request.index)
                    let first = request.index + 1 - shape.window
                    scaling.write(
                        request.history, rows: first..<request.index + 1, into: rows.floats + i * length, stride: shape.paddedInputs)
                    return sigma
                })
        }
        let windows = requests.indices.map { UnsafePointer(rows.floats + ($0 - requests.startIndex) * length) }
        let z = passes.isEmpty ? singly(windows) : together(windows, passes)
        return sigmas.enumerated().map { i, sigma in
            Result { () throws(ForecastRefusal) in
                try scaledForecast(Array(z[i * shape.outputs..<(i + 1) * shape.outputs]), sigma.get())
            }
        }
    }
}

extension LSTM {
    /// Mean outputs of the nets, `[sample][output]`, in panels.
    private func together(_ windows: [UnsafePointer<Float>], _ passes: [LSTMPass]) -> [Double] {
        var z = [Double](repeating: 0, count: windows.count * shape.outputs)
        for (pass, net) in zip(passes, packed.nets) {
            pass.forward(net, samples: windows[...], dropout: nil)
            for i in z.indices {
                z[i] += Double(pass.output(i % shape.outputs, sample: i / shape.outputs)) / Double(passes.count)
            }
        }
        return z
    }

    /// The same, one sample after the other: faster for a few.
    private func singly(_ windows: [UnsafePointer<Float>]) -> [Double] {
        var z = [Double](repeating: 0, count: windows.count * shape.outputs)
        for net in packed.columns {
            let single = LSTMSingle(net)
            for (i, window) in windows.enumerated() {
                let outputs = single.forward(window)
                for row in 0..<shape.outputs { z[i * shape.outputs + row] += Double(outputs[row]) / Double(packed.columns.count) }
            }
        }
        return z
    }
}

/// The nets ready to run, for panels and for single samples.
private final class PackedNets: @unchecked Sendable {  // written in init only, read-only ever after
    let nets: [PackedLSTM]
    let columns: [LSTMColumns]

    init(_ shape: LSTMShape, _ values: [[Float]]) {
        let blocks = values.map {
            let parameters = LSTMParameters(shape)
            parameters.load($0)
            return parameters
        }
        columns = blocks.map(LSTMColumns.init)
        nets = blocks.map {
            let packed = PackedLSTM(shape)
            packed.pack($0)
            return packed
        }
    }
}
