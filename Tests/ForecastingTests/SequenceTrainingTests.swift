import Foundation
import Market
import Testing

@testable import Forecasting

@Suite struct SequenceTrainingTests {
    @Test func `The same seed gives the same bits for any number of threads`() throws {
        let set = TrainingSet(
            histories: try SyntheticMarket.histories(count: 5, sessions: 600, effect: 0.5), cut: SyntheticMarket.date(599))
        var configuration = SyntheticMarket.small
        configuration.rounds = 2
        let fits = try [1, 2].map { threads in
            configuration.threads = threads
            return try LSTM.fit(set, configuration, seed: 4).state().encoded()
        }
        #expect(fits[0] == fits[1])
        #expect(try LSTM.fit(set, configuration, seed: 5).state().encoded() != fits[0])
    }

    @Test func `A signal is learned and noise is not`() throws {
        let configuration = SyntheticMarket.small
        let real = try SyntheticMarket.histories(count: 12, sessions: 1_200, effect: 0.6)
        let signal = try LSTM.fit(TrainingSet(histories: real, cut: SyntheticMarket.date(1_199)), configuration, seed: 1)
        #expect((signal.metrics["validation_skill_h1"] ?? 0) > 0.02, "\(signal.metrics)")
        #expect((signal.metrics["head_weight_h1"] ?? 0) > 0.5, "\(signal.metrics)")
        let shuffled = try zip(real, SyntheticMarket.histories(count: 12, sessions: 1_200, effect: 0.6, seed: 77)).map { own, other in
            try History(
                id: own.id, layout: own.layout, sessions: own.sessions, features: own.features, logLevel: other.logLevel,
                sigma97: own.sigma97,
                blend: own.blend)
        }
        let noise = try LSTM.fit(TrainingSet(histories: shuffled, cut: SyntheticMarket.date(1_199)), configuration, seed: 1)
        #expect(abs(noise.metrics["validation_skill_h1"] ?? 1) < 0.01, "\(noise.metrics)")
    }

    @Test func `Training and forecast ignore data after the cut`() throws {
        let clean = try SyntheticMarket.histories(count: 5, sessions: 700, effect: 0.5)
        let poisoned = try SyntheticMarket.histories(count: 5, sessions: 700, effect: 0.5, poisonedAfter: 560)
        #expect(clean[0].logLevel[600] != poisoned[0].logLevel[600])
        var configuration = SyntheticMarket.small
        configuration.rounds = 2
        let models = try [clean, poisoned].map { histories in
            try LSTM.fit(TrainingSet(histories: histories, cut: SyntheticMarket.date(560)), configuration, seed: 4)
        }
        #expect(try models[0].state().encoded() == models[1].state().encoded())
        #expect(try models[0].forecast(clean[2], at: 560) == models[1].forecast(poisoned[2], at: 560))
        for family in [RandomWalk.self, BlendedFHS.self] as [any ForecastModel.Type] {
            let fits = try [clean, poisoned].map { try family.fit(TrainingSet(histories: $0, cut: SyntheticMarket.date(560))) }
            #expect(fits[0].state() == fits[1].state())
        }
    }

    @Test func `No label ends after the cut or inside the embargo`() throws {
        let histories = try SyntheticMarket.histories(count: 3, sessions: 800, effect: 0)
        let set = TrainingSet(histories: histories, cut: SyntheticMarket.date(650))
        for history in histories {
            let rows = set.rows(of: history)
            #expect(rows.upperBound - 1 + 20 == 650)
        }
        let block = try SequenceSamples(set, SyntheticMarket.small)
        let firstValidation = block.validation.map(\.row).min() ?? 0
        let lastTraining = block.training.map(\.row).max() ?? 0
        #expect(Int(lastTraining) + 20 + TrainingSet.embargo < Int(firstValidation))
        #expect((block.validation.map(\.row).max() ?? 0) + 20 <= 650)
    }

    @Test func `Too short a history and a passed deadline are typed errors`() throws {
        let short = TrainingSet(histories: try SyntheticMarket.histories(count: 2, sessions: 90, effect: 0), cut: SyntheticMarket.date(89))
        #expect(throws: TrainingError.self) { try LSTM.fit(short, seed: 1) }
        let empty = TrainingSet(histories: [], cut: SyntheticMarket.date(89))
        for family in ModelFamilies.all { #expect(throws: TrainingError.self) { try family.fit(empty) } }
        let set = TrainingSet(histories: try SyntheticMarket.histories(count: 5, sessions: 600, effect: 0), cut: SyntheticMarket.date(599))
        #expect(throws: TrainingError.deadline) {
            try LSTM.fit(set, SyntheticMarket.small, seed: 1, deadline: .now)
        }
    }
}
