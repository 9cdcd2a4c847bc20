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
    }

    package let name: String
    package let members: [Member]

    private static let randomWalk = Member(kind: RandomWalk.kind, refit: 21, weight: 1)
    private static let blended = Member(kind: BlendedFHS.kind, refit: 21, weight: 1)
    private static let lstm = Member(kind: LSTM.kind, refit: 250, weight: 1)

    package static let all = [
        Recipe(name: "random-walk", members: [randomWalk]),
        Recipe(name: "blended-fhs", members: [blended]),
        Recipe(name: "lstm", members: [lstm]),
        Recipe(name: "lstm+blended-fhs", members: [lstm, blended]),
    ]

    /// What is run when no model is named, chosen on 2016 and 2017 of the development data.
    package static let standard = all[3]

    package static func named(_ name: String) -> Recipe? { all.first { $0.name == name } }
}
