import Forecasting

/// The members of a backtest's model: their families, how often each is trained again, and how their quantiles are combined.
package struct ModelComposition: Sendable, Hashable {
    /// One model family of a composition.
    package struct Member: Sendable, Hashable {
        /// The name of one of `ModelFamilies`.
        package let family: String
        /// The number of sessions after which a new version is trained.
        package let refit: Int
        /// The prior weight of the family's quantiles in the average.
        package let weight: Double

        init(_ family: String, refit: Int, weight: Double = 1) {
            self.family = family
            self.refit = refit
            self.weight = weight
        }
    }

    /// The name for `backtest --model`.
    package let name: String
    package let members: [Member]
    /// The index of the member that the others must beat to have a weight; weights are then learned from past losses. nil = fixed weights.
    package var fallback: Int?
    /// Whether the width of the ranges follows the coverage of matured forecasts.
    package var isCalibrated = false
    /// The number of sessions forecast before the first origin, from which weights and calibration learn.
    package var warmUp = 0

    /// A composition of one family.
    private static func single(_ family: String, refit: Int) -> ModelComposition {
        ModelComposition(name: family, members: [Member(family, refit: refit)])
    }

    /// The compositions by name: each family alone, and the ensemble.
    package static let all = [
        single(RandomWalk.family, refit: 21), single(Climatology.family, refit: 250), single(BlendedFHS.family, refit: 21),
        single(GARCHModel.family, refit: 60), single(HARModel.family, refit: 60), single(LinearQuantile.family, refit: 125),
        single(BoostedTrees.family, refit: 125), single(LSTM.family, refit: 250), single(Transformer.family, refit: 250), standard,
    ]

    /// The default composition.
    ///
    /// Members, priors and the rate of calibration were chosen on 2014-01..2017-11 of the development data, where blended FHS and GARCH added
    /// nothing to the average and the nets little.
    package static let standard = ModelComposition(
        name: Ensemble.family,
        members: [
            Member(BlendedFHS.family, refit: 21, weight: 0), Member(HARModel.family, refit: 60), Member(LinearQuantile.family, refit: 125),
            Member(BoostedTrees.family, refit: 125, weight: 2), Member(LSTM.family, refit: 250, weight: 0.5),
        ], fallback: 0, isCalibrated: true, warmUp: 250)

    /// The composition with a name; nil for an unknown name.
    package static func named(_ name: String) -> ModelComposition? { all.first { $0.name == name } }
}
