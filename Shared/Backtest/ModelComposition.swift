import Forecasting

/// Which models make a forecast, how often each is fitted anew, and how their quantiles are put together.
package struct ModelComposition: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        /// A family of `ModelFamilies`.
        package let family: String
        /// Sessions after which the model is fitted anew.
        package let refit: Int
        /// Prior weight of its quantiles in the average.
        package let weight: Double

        init(_ family: String, refit: Int, weight: Double = 1) {
            self.family = family
            self.refit = refit
            self.weight = weight
        }
    }

    package let name: String
    package let members: [Member]
    /// The member that the others must beat to keep a weight learned from past losses; nil = weights stay as they are.
    package var fallback: Int?
    /// Whether the spread follows the coverage of matured forecasts.
    package var isCalibrated = false
    /// Sessions walked before the first origin, so that weights and calibration have something to learn from.
    package var warmUp = 0

    private static func alone(_ family: String, refit: Int) -> ModelComposition {
        ModelComposition(name: family, members: [Member(family, refit: refit)])
    }

    package static let all = [
        alone(RandomWalk.family, refit: 21), alone(Climatology.family, refit: 250), alone(BlendedFHS.family, refit: 21),
        alone(GARCHModel.family, refit: 60), alone(HARModel.family, refit: 60), alone(LinearQuantile.family, refit: 125),
        alone(BoostedTrees.family, refit: 125), alone(LSTM.family, refit: 250), alone(Transformer.family, refit: 250), standard,
    ]

    /// What is run when no model is named. Members, priors and the rate of calibration were chosen on 2014-01..2017-11 of the
    /// development data, where blended FHS and GARCH added nothing to the average and the nets little; blended FHS is the fallback.
    package static let standard = ModelComposition(
        name: Ensemble.family,
        members: [
            Member(BlendedFHS.family, refit: 21, weight: 0), Member(HARModel.family, refit: 60), Member(LinearQuantile.family, refit: 125),
            Member(BoostedTrees.family, refit: 125, weight: 2), Member(LSTM.family, refit: 250, weight: 0.5),
        ], fallback: 0, isCalibrated: true, warmUp: 250)

    package static func named(_ name: String) -> ModelComposition? { all.first { $0.name == name } }
}
