import Forecasting

/// Which models make a forecast, how often each is fitted anew, and how their quantiles are put together.
package struct Recipe: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        /// A kind of `ModelKinds`.
        package let kind: String
        /// Sessions after which the model is fitted anew.
        package let refit: Int
        /// Prior weight of its quantiles in the average.
        package let weight: Double

        init(_ kind: String, refit: Int, weight: Double = 1) {
            self.kind = kind
            self.refit = refit
            self.weight = weight
        }
    }

    package let name: String
    package let members: [Member]
    /// The member that the others must beat to keep a weight learned from past losses; nil = weights stay as they are.
    package var floor: Int?
    /// Whether the spread follows the coverage of matured forecasts.
    package var isCalibrated = false
    /// Sessions walked before the first origin, so that weights and calibration have something to learn from.
    package var warmUp = 0

    private static func alone(_ kind: String, refit: Int) -> Recipe { Recipe(name: kind, members: [Member(kind, refit: refit)]) }

    package static let all = [
        alone(RandomWalk.kind, refit: 21), alone(Climatology.kind, refit: 250), alone(BlendedFHS.kind, refit: 21),
        alone(GARCHModel.kind, refit: 60), alone(HARModel.kind, refit: 60), alone(LinearQuantile.kind, refit: 125),
        alone(BoostedTrees.kind, refit: 125), alone(LSTM.kind, refit: 250), alone(Transformer.kind, refit: 250), standard,
    ]

    /// What is run when no model is named. Members, priors and the rate of calibration were chosen on 2014-01..2017-11 of the
    /// development data, where blended FHS and GARCH added nothing to the average and the nets little; blended FHS is the floor.
    package static let standard = Recipe(
        name: Ensemble.kind,
        members: [
            Member(BlendedFHS.kind, refit: 21, weight: 0), Member(HARModel.kind, refit: 60), Member(LinearQuantile.kind, refit: 125),
            Member(BoostedTrees.kind, refit: 125, weight: 2), Member(LSTM.kind, refit: 250, weight: 0.5),
        ], floor: 0, isCalibrated: true, warmUp: 250)

    package static func named(_ name: String) -> Recipe? { all.first { $0.name == name } }
}
