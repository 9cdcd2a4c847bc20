import Forecasting

/// Which models make a forecast, how often each is fitted anew, and how their quantiles are put together.
package struct Recipe: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        /// A kind of `ModelKinds`.
        package let kind: String
        /// Sessions after which the model is fitted anew.
        package let refit: Int
        /// Weight of its quantiles in the average.
        package let weight: Double
        /// Added to the run's seed: several nets of one kind differ by it.
        package let seedOffset: UInt64

        init(_ kind: String, refit: Int, weight: Double = 1, seedOffset: UInt64 = 0) {
            self.kind = kind
            self.refit = refit
            self.weight = weight
            self.seedOffset = seedOffset
        }
    }

    package let name: String
    package let members: [Member]

    package static let all = [
        Recipe(name: RandomWalk.kind, members: [Member(RandomWalk.kind, refit: 21)]),
        Recipe(name: BlendedFHS.kind, members: [Member(BlendedFHS.kind, refit: 21)]),
        Recipe(name: LSTM.kind, members: [Member(LSTM.kind, refit: 250)]),
        Recipe(name: Transformer.kind, members: [Member(Transformer.kind, refit: 250)]),
        Recipe(
            name: "lstm3+blended-fhs",
            members: (0..<3).map { Member(LSTM.kind, refit: 250, seedOffset: $0) } + [Member(BlendedFHS.kind, refit: 21, weight: 3)]),
    ]

    /// What is run when no model is named: half the mean of three nets, half blended-volatility FHS. Chosen on 2015-12..2017-11 of the
    /// development data, where it beat FHS at every horizon and a net alone did not at 20 sessions.
    package static let standard = all[4]

    package static func named(_ name: String) -> Recipe? { all.first { $0.name == name } }
}
