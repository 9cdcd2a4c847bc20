/// The score of one matured forecast. Losses are mean pinball losses over the quantiles; `uncalibrated` figures are before calibration.
package struct ForecastScore: Hashable, Sendable {
    package let forecast: MaturedForecast
    package let loss, uncalibratedLoss, baselineLoss: Double
    /// Whether the outcome lay inside the 80 % or the 90 % interval.
    package let inside80, inside90, uncalibratedInside80, uncalibratedInside90, baselineInside80: Bool

    package init(
        _ forecast: MaturedForecast, loss: Double, uncalibratedLoss: Double, baselineLoss: Double, inside80: Bool, inside90: Bool,
        uncalibratedInside80: Bool, uncalibratedInside90: Bool, baselineInside80: Bool
    ) {
        self.forecast = forecast
        self.loss = loss
        self.uncalibratedLoss = uncalibratedLoss
        self.baselineLoss = baselineLoss
        self.inside80 = inside80
        self.inside90 = inside90
        self.uncalibratedInside80 = uncalibratedInside80
        self.uncalibratedInside90 = uncalibratedInside90
        self.baselineInside80 = baselineInside80
    }
}
