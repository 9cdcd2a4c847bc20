import Foundation
import Testing

@testable import Forecasting

@Suite struct CheckpointTests {
    private var configuration: SequenceConfiguration {
        var configuration = SyntheticMarket.threeRounds
        configuration.nets = 2
        configuration.patience = 2
        return configuration
    }

    /// Trains with an interruption after every `batches` batches, each time from the bytes alone.
    private func interrupted<Net>(_ type: SequenceModel<Net>.Type, every batches: Int) throws -> (SequenceModel<Net>, interruptions: Int) {
        var checkpoint: [UInt8]?
        for interruptions in 0... {
            var left = batches
            let training = try type.train(try SyntheticMarket.fiveSymbols(), configuration, seed: 4, resuming: checkpoint) {
                left -= 1
                return left < 0
            }
            switch training {
            case .finished(let model): return (model, interruptions)
            case .interrupted(let bytes): checkpoint = bytes
            }
        }
        fatalError("a training never ends")
    }

    private func check<Net>(_ type: SequenceModel<Net>.Type) throws {
        let whole = try type.fit(try SyntheticMarket.fiveSymbols(), configuration, seed: 4).state().encoded()
        for batches in [1, 3, 5, 7] {
            let (model, interruptions) = try interrupted(type, every: batches)
            #expect(interruptions > 2)
            #expect(try model.state().encoded() == whole, "\(Net.family), \(batches) batches at a time")
        }
    }

    @Test func `An interrupted training ends with the bits of an uninterrupted one`() throws {
        try check(LSTM.self)
        try check(Transformer.self)
    }

    @Test func `A checkpoint that is damaged or of another training is an error`() throws {
        func stopped(_ configuration: SequenceConfiguration, seed: UInt64, resuming: [UInt8]?) throws -> [UInt8] {
            guard
                case .interrupted(let bytes) = try LSTM.train(
                    try SyntheticMarket.fiveSymbols(), configuration, seed: seed, resuming: resuming, until: { true })
            else { return [] }
            return bytes
        }
        let bytes = try stopped(configuration, seed: 4, resuming: nil)
        #expect(try stopped(configuration, seed: 4, resuming: bytes) == bytes)
        #expect(throws: ArtifactError.self) { try stopped(configuration, seed: 5, resuming: bytes) }
        var other = configuration
        other.rate = 1e-3
        #expect(throws: ArtifactError.self) { try stopped(other, seed: 4, resuming: bytes) }
        #expect(throws: ArtifactError.self) {
            try Transformer.train(try SyntheticMarket.fiveSymbols(), configuration, seed: 4, resuming: bytes, until: { true })
        }
        #expect(throws: ArtifactError.self) { try stopped(configuration, seed: 4, resuming: Array(bytes.dropLast())) }
        var random = RandomGenerator(seed: 1)
        for _ in 0..<60 {
            var damaged = bytes
            damaged[Int(random.next() % 3_000)] = UInt8(truncatingIfNeeded: random.next())
            do { _ = try stopped(configuration, seed: 4, resuming: damaged) } catch { #expect(error is ArtifactError) }
        }
    }

    @Test func `A deadline interrupts training`() throws {
        guard
            case .interrupted(let bytes) = try Transformer.train(
                try SyntheticMarket.fiveSymbols(), seed: 1, resuming: nil, deadline: .now, progress: { _ in })
        else {
            Issue.record("the training did not stop")
            return
        }
        #expect(bytes.count > 4 * 4 * 70_000)
    }
}
