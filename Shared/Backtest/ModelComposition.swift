import Forecasting

/// The members of a backtest's model: which families, how often each is trained anew, and how their quantiles are combined.
package struct ModelComposition: Sendable, Hashable {
    /// One model family of a composition.
    package struct Member: Sendable, Hashable {
        /// One of `ModelFamilies`.
        package let family: String
        /// Sessions after which a new version is trained.
        package let refit: Int
        /// Prior weight of its quantiles in the average.
        package let weight: Double

        init(_ family: String, refit: Int, weight: Double = 1) {
            self.family = family
            self.refit = refit
            self.weight = weight
        }
    }

    /// The name given to `backtest --model`.
    package let name: String
    package let members: [Member]
    /// Index of the member that the others must beat to have a weight, which is then learned from past losses; nil = fixed weights.
    package var fallback: Int?
    /// Whether the width of the ranges follows the coverage of matured forecasts.
    package var isCalibrated = false
    /// Sessions forecast before the first origin, for weights and calibration to learn from.
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

    /// The composition used when none is named.
    ///
    /// Members, priors and the rate of calibration were chosen on 2014-01..2017-11 of the development data, where blended FHS and GARCH added
    /// nothing to the average and the nets little.
    package static let standard = ModelComposition(
        name: Ensemble.family,
        members: [
            Member(BlendedFHS.family, refit: 21, weight: 0), Member(HARModel.family, refit: 60), Member(LinearQuantile.family, refit: 125),
            Member(BoostedTrees.family, refit: 125, weight: 2), Member(LSTM.family, refit: 250, weight: 0.5),
        ], fallback: 0, isCalibrated: true, warmUp: 250)

    /// The composition of this name; nil when there is none.
    package static func named(_ name: String) -> ModelComposition? { all.first { $0.name == name } }
}
