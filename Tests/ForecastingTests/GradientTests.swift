import Foundation
import Kernels
import Testing

@testable import Forecasting

@Suite struct GradientTests {
    private func configuration() -> LSTMConfiguration {
        var configuration = LSTMConfiguration()
        configuration.hidden = 16
        configuration.window = 7
        configuration.batch = 64
        configuration.partSamples = 32
        configuration.threads = 2
        return configuration
    }

    private func data(
        _ shape: LSTMShape, _ count: Int
    ) -> (rows: LaneBuffer, windows: [UnsafePointer<Float>], arrays: [[Float]], targets: [Float]) {
        var random = RandomStream(seed: 3)
        let length = shape.window * shape.paddedInputs
        let rows = LaneBuffer(floats: count * length)
        for i in 0..<count * length where i % shape.paddedInputs < shape.inputs { rows.floats[i] = random.symmetric(1.5) }
        let windows = (0..<count).map { UnsafePointer(rows.floats + $0 * length) }
        let arrays = windows.map { Array(UnsafeBufferPointer(start: $0, count: length)) }
        return (rows, windows, arrays, (0..<count * 3).map { _ in random.symmetric(2) })
    }

    @Test func backpropagationAgreesWithFiniteDifferencesOfAnIndependentNet() throws {
        let configuration = configuration()
        let shape = LSTMShape(inputs: 5, hidden: configuration.hidden, window: configuration.window)
        let data = data(shape, configuration.batch)
        let head = (0..<21).map { Double($0 % 7) / 3 - 1 }
        let trainer = LSTMTrainer(shape, configuration, headBias: head, seed: 11)
        var random = RandomStream(seed: 5)
        let masks = LaneBuffer(floats: configuration.batch * shape.hidden)
        for i in 0..<configuration.batch * shape.hidden { masks.floats[i] = random.uniform() < 0.2 ? 0 : 1.25 }
        let loss = trainer.gradient(data.windows, targets: data.targets, dropout: UnsafePointer(masks.floats))
        let dropout = (0..<configuration.batch).map { i in (0..<shape.hidden).map { Double(masks.floats[i * shape.hidden + $0]) } }
        var reference = ReferenceLSTM(shape: shape, block: trainer.parameters.values.map(Double.init))
        #expect(abs(reference.loss(data.arrays, data.targets, dropout: dropout) - loss) < 1e-6)

        let gradient = trainer.gradientValues
        let bias = shape.gates * shape.depth
        var checked = Array(stride(from: 0, to: bias, by: 29)) + Array(stride(from: bias, to: bias + shape.gates, by: 5))
        checked += Array(stride(from: bias + shape.gates, to: gradient.count, by: 7))
        let scale = gradient.map { abs(Double($0)) }.max() ?? 0
        for index in checked {
            let epsilon = 1e-5
            let value = reference.block[index]
            reference.block[index] = value + epsilon
            let above = reference.loss(data.arrays, data.targets, dropout: dropout)
            reference.block[index] = value - epsilon
            let below = reference.loss(data.arrays, data.targets, dropout: dropout)
            reference.block[index] = value
            let numeric = (above - below) / (2 * epsilon)
            let padding = index < bias && (shape.inputs..<shape.paddedInputs).contains(index % shape.depth)
            if padding { #expect(gradient[index] == 0) }
            #expect(abs(numeric - Double(gradient[index])) < 1e-4 * scale + 1e-6, "parameter \(index)")
        }
    }

    @Test func forwardAgreesWithTheEquationsToOneInAHundredThousand() {
        let shape = LSTMShape(inputs: 22, hidden: 64, window: 60)
        let data = data(shape, 37)
        let parameters = LSTMParameters(shape)
        var random = RandomStream(seed: 2)
        parameters.initialise(&random, headBias: [Double](repeating: 0.3, count: 21))
        let packed = PackedLSTM(shape)
        packed.pack(parameters)
        let pass = LSTMPass(packed, panels: 3, trains: false)
        pass.forward(packed, samples: data.windows[...], dropout: nil)
        let reference = ReferenceLSTM(shape: shape, block: parameters.values.map(Double.init))
        let single = LSTMSingle(LSTMColumns(parameters))
        for sample in [0, 15, 16, 36] {
            for (row, expected) in reference.outputs(data.arrays[sample]).enumerated() {
                #expect(abs(Double(pass.output(row, sample: sample)) - expected) < 1e-5)
            }
            let outputs = single.forward(data.windows[sample])
            #expect((0..<21).allSatisfy { outputs[$0] == pass.output($0, sample: sample) })
        }
    }

    @Test func theGradientHasTheSameBitsForAnyNumberOfThreads() {
        var configuration = configuration()
        configuration.partSamples = 16
        let shape = LSTMShape(inputs: 5, hidden: configuration.hidden, window: configuration.window)
        let data = data(shape, configuration.batch)
        let gradients = [1, 2, 3].map { threads in
            configuration.threads = threads
            let trainer = LSTMTrainer(shape, configuration, headBias: [Double](repeating: 0, count: 21), seed: 11)
            _ = trainer.gradient(data.windows, targets: data.targets, dropout: nil)
            return trainer.gradientValues
        }
        #expect(gradients[0] == gradients[1])
        #expect(gradients[0] == gradients[2])
    }
}
