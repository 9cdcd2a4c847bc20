import Kernels
import Testing

@testable import Forecasting

/// Training whose loss becomes NaN.
@Suite struct DivergenceTests {
    private let configuration = SyntheticMarket.threeRounds

    /// A training stopped after `batches`, resumed from a checkpoint.
    private func train<Net>(
        _ type: SequenceModel<Net>.Type, from checkpoint: [UInt8]?, batches: Int
    ) throws -> TrainingResult<SequenceModel<Net>> {
        var left = batches
        return try type.train(try SyntheticMarket.fiveSymbols(), configuration, seed: 4, resuming: checkpoint) {
            left -= 1
            return left < 0
        }
    }

    private func checkpoint<Net>(_ training: TrainingResult<SequenceModel<Net>>) throws -> TrainingCheckpoint<Net> {
        guard case .interrupted(let bytes) = training else { throw TrainingError.deadline }
        return try TrainingCheckpoint(decoding: bytes)
    }

    /// A checkpoint after the first round and two batches, whose weights make a NaN loss.
    private func poisoned<Net>(_ type: SequenceModel<Net>.Type) throws -> TrainingCheckpoint<Net> {
        var checkpoint = try checkpoint(train(type, from: nil, batches: 7))
        #expect(checkpoint.current.round == 1 && checkpoint.current.batch == 2)
        for i in checkpoint.current.trainer.parameters.indices { checkpoint.current.trainer.parameters[i] = 3e38 }
        return checkpoint
    }

    private func recovers<Net>(_ type: SequenceModel<Net>.Type) throws {
        let poisoned = try poisoned(type)
        let after = try checkpoint(train(type, from: poisoned.encoded(), batches: 1)).current
        #expect(after.restarts == 1 && after.trainer.rateFactor == 0.3)
        #expect(after.trainer.parameters == poisoned.current.best && after.best == poisoned.current.best)
        #expect(after.batch == poisoned.current.batch + 1 && after.trainer.first.allSatisfy { $0 == 0 }, "fresh moments, the next batch")

        guard case .finished(let uninterrupted) = try train(type, from: poisoned.encoded(), batches: .max) else {
            throw TrainingError.deadline
        }
        #expect(uninterrupted.metrics["restarts"] == 1)
        #expect(uninterrupted.values.joined().allSatisfy { $0.isFinite })
        var bytes = try poisoned.encoded()
        while case .interrupted(let next) = try train(type, from: bytes, batches: 1) { bytes = next }
        guard case .finished(let parts) = try train(type, from: bytes, batches: 1) else { throw TrainingError.deadline }
        #expect(try parts.state().encoded() == uninterrupted.state().encoded(), "the same bits across the restart")
    }

    @Test func `A diverged training restarts from its best weights with a smaller step`() throws {
        try recovers(LSTM.self)
        try recovers(Transformer.self)
    }

    @Test func `A second divergence ends the training`() throws {
        var poisoned = try poisoned(LSTM.self)
        poisoned.current.restarts = 1
        #expect(throws: TrainingError.diverged(round: 1, restarts: 1)) { try train(LSTM.self, from: poisoned.encoded(), batches: 1) }
    }

    @Test func `A step that is too large diverges twice`() throws {
        var configuration = configuration
        configuration.rate = 1e38
        let error = #expect(throws: TrainingError.self) { try LSTM.fit(try SyntheticMarket.fiveSymbols(), configuration, seed: 4) }
        guard case .diverged(_, restarts: 1) = error else {
            Issue.record("it failed otherwise: \(String(describing: error))")
            return
        }
    }
}
