import Foundation
import Kernels
import Testing

@testable import Forecasting

@Suite struct GradientTests {
    private func configuration(batch: Int = 32) -> SequenceConfiguration {
        var configuration = SequenceConfiguration()
        configuration.hidden = 16
        configuration.window = 20
        configuration.batch = batch
        configuration.partSamples = 16
        configuration.threads = 2
        return configuration
    }

    private func targets(_ count: Int) -> [Float] {
        var random = RandomGenerator(seed: 3)
        return (0..<count * 3).map { _ in random.symmetric(2) }
    }

    private func shape(_ configuration: SequenceConfiguration, inputs: Int = 5) -> SequenceShape {
        SequenceShape(inputs: inputs, hidden: configuration.hidden, window: configuration.window)
    }

    private func arrays(_ data: RandomWindows, _ shape: SequenceShape) -> [[Float]] {
        data.windows.map { Array(UnsafeBufferPointer(start: $0, count: shape.window * shape.paddedInputs)) }
    }

    private func checkGradient<Reference: ReferenceNet>(_ type: Reference.Type) {
        let configuration = configuration()
        let shape = shape(configuration)
        let data = RandomWindows(shape, count: configuration.batch)
        let targets = targets(configuration.batch)
        let trainer = SequenceTrainer<Reference.Net>(
            shape, configuration, headBias: (0..<21).map { Double($0 % 7) / 3 - 1 }, seed: 11)
        let loss = trainer.gradient(data.windows, targets: targets, drops: false)
        var reference = Reference(net: trainer.net, block: trainer.net.parameters.values.map(Double.init))
        #expect(abs(reference.loss(arrays(data, shape), targets) - loss) < 1e-6)

        let gradient = trainer.gradientValues
        let named = trainer.net.parameters.tensors.map(\.places)
        let padding = Set(gradient.indices).subtracting(named.flatMap { $0 })
        #expect(padding.allSatisfy { gradient[$0] == 0 })
        let scale = gradient.map { abs(Double($0)) }.max() ?? 0
        for places in named {
            for index in stride(from: 0, to: places.count, by: max(1, places.count / 7)).map({ places[$0] }) {
                let epsilon = 1e-5
                let value = reference.block[index]
                reference.block[index] = value + epsilon
                let above = reference.loss(arrays(data, shape), targets)
                reference.block[index] = value - epsilon
                let below = reference.loss(arrays(data, shape), targets)
                reference.block[index] = value
                let numeric = (above - below) / (2 * epsilon)
                #expect(abs(numeric - Double(gradient[index])) < 1e-4 * scale + 1e-6, "\(Reference.Net.family), parameter \(index)")
            }
        }
    }

    @Test func `Backpropagation through time agrees with finite differences of an independent net`() { checkGradient(ReferenceLSTM.self) }

    @Test func `The encoders gradient agrees with finite differences of an independent net`() { checkGradient(ReferenceTransformer.self) }

    /// With dropout the net is another function, but its gradient must still be that function's: compared along random directions.
    private func checkDropoutGradient<Net: SequenceNet>(_ type: Net.Type) {
        let configuration = configuration(batch: 64)
        let shape = shape(configuration)
        let data = RandomWindows(shape, count: configuration.batch)
        let targets = targets(configuration.batch)
        let trainer = SequenceTrainer<Net>(shape, configuration, headBias: [Double](repeating: 0.1, count: 21), seed: 11)
        let block = trainer.net.parameters
        let start = block.values
        let loss = trainer.gradient(data.windows, targets: targets, drops: true)
        let gradient = trainer.gradientValues
        #expect(loss != trainer.gradient(data.windows, targets: targets, drops: false))
        for tensor in block.tensors {
            let norm = tensor.places.reduce(0.0) { $0 + Double(gradient[$1]) * Double(gradient[$1]) }.squareRoot()
            guard norm > 1e-4 else { continue }
            func loss(_ step: Double) -> Double {
                block.load(start)
                for place in tensor.places { block.floats[place] += Float(step * Double(gradient[place]) / norm) }
                trainer.net.pack()
                return trainer.gradient(data.windows, targets: targets, drops: true)
            }
            let slope = (loss(4e-3) - loss(-4e-3)) / 8e-3
            #expect(abs(slope / norm - 1) < 0.03, "\(Net.family) \(tensor.name): \(slope) instead of \(norm)")
        }
    }

    @Test func `The gradient under dropout is that of the thinned net`() {
        checkDropoutGradient(LSTMNet.self)
        checkDropoutGradient(TransformerNet.self)
    }

    private func checkForward<Reference: ReferenceNet>(_ type: Reference.Type) {
        let shape = SequenceShape(inputs: 22, hidden: 64, window: 60)
        let data = RandomWindows(shape, count: 37)
        let net = Reference.Net(shape)
        var random = RandomGenerator(seed: 2)
        net.initialise(&random, headBias: [Double](repeating: 0.3, count: 21))
        net.pack()
        let reference = Reference(net: net, block: net.parameters.values.map(Double.init))
        var forward = ForwardPass(PackedNets<Reference.Net>(shape, [net.parameters.values]))
        let outputs = forward.meanOutputs(data.windows)
        for sample in [0, 15, 16, 36] {
            for (row, expected) in reference.outputs(arrays(data, shape)[sample]).enumerated() {
                #expect(abs(outputs[sample * 21 + row] - expected) < 1e-5)
            }
            #expect(forward.meanOutputs([data.windows[sample]]) == Array(outputs[sample * 21..<(sample + 1) * 21]))
        }
    }

    @Test func `Forward agrees with the equations to one in a hundred thousand`() {
        checkForward(ReferenceLSTM.self)
        checkForward(ReferenceTransformer.self)
    }

    private func checkThreads<Net: SequenceNet>(_ type: Net.Type) {
        var configuration = configuration(batch: 64)
        let shape = shape(configuration)
        let data = RandomWindows(shape, count: configuration.batch)
        let gradients = [1, 2, 3].map { threads in
            configuration.threads = threads
            let trainer = SequenceTrainer<Net>(shape, configuration, headBias: [Double](repeating: 0, count: 21), seed: 11)
            _ = trainer.gradient(data.windows, targets: targets(configuration.batch), drops: true)
            return trainer.gradientValues
        }
        #expect(gradients[0] == gradients[1])
        #expect(gradients[0] == gradients[2])
    }

    @Test func `The gradient has the same bits for any number of threads`() {
        checkThreads(LSTMNet.self)
        checkThreads(TransformerNet.self)
    }
}
