import Foundation
import Market

@testable import Forecasting

/// Histories made of random numbers with a known law, on consecutive days.
struct SyntheticMarket {
    static let layout = FeatureLayout(version: "synthetic", names: ["z1", "signal", "noise"], sequence: [0, 1, 2])
    static let start = SessionDate(year: 2010, month: 1, day: 4)

    /// `effect` is how far the signal of a session scales the next sessions' returns: 0 = returns that nothing foretells.
    static func histories(count: Int, sessions: Int, effect: Double, seed: UInt64 = 1, poisonedAfter: Int? = nil) throws -> [History] {
        try (0..<count).map { symbol in
            var random = RandomGenerator(seed: seed, stream: UInt64(symbol))
            func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.uniform()) } }
            var poison = RandomGenerator(seed: 99, stream: UInt64(symbol))
            var features: [Float] = []
            var level: [Double] = []
            var volatility: [Double] = []
            var sum = 0.0
            var signal = 0.0
            for day in 0..<sessions {
                let z = normal()
                let r = 0.01 * exp(effect * signal) * z
                signal = 0.97 * signal + 0.24 * normal()
                let factor = poisonedAfter.map { day > $0 ? Double(poison.uniform()) * 5 : 1 } ?? 1
                sum += r * factor
                level.append(sum)
                features += [Float(z * factor), Float(signal * factor), Float(normal() * factor)]
                volatility.append(day < 60 ? .nan : 0.01 * factor)
            }
            return try History(
                id: "S\(symbol)", layout: layout, sessions: (0..<sessions).map { start.advanced(by: $0) }, features: features,
                logLevel: level,
                sigma97: volatility, blend: volatility)
        }
    }

    static func date(_ index: Int) -> SessionDate { start.advanced(by: index) }

    /// A small net that trains in a second.
    static var small: SequenceConfiguration {
        var configuration = SequenceConfiguration()
        configuration.hidden = 16
        configuration.window = 20
        configuration.rate = 2e-3
        configuration.roundSamples = 5_120
        configuration.rounds = 6
        configuration.validationSessions = 120
        return configuration
    }

    /// A configuration of three short rounds.
    static var threeRounds: SequenceConfiguration {
        var configuration = small
        configuration.roundSamples = 1_280
        configuration.rounds = 3
        return configuration
    }

    /// The training set of five symbols.
    static func fiveSymbols() throws -> TrainingSet {
        TrainingSet(histories: try histories(count: 5, sessions: 600, effect: 0.5), cut: date(599))
    }
}
