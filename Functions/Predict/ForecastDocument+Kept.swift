import Forecasting
import Market
import Store

#if canImport(Glibc)
    import Glibc
#endif

extension ForecastDocument {
    /// - Parameter entries: not empty, each with at least one forecast.
    /// - Parameter calendar: the exchange's as it was known; nil leaves the sessions ahead empty.
    init(
        _ instrument: Instrument, _ entries: [Predict.Kept], _ query: ForecastQuery,
        _ evidence: [PerformanceSummaries.Key: PerformanceSummary],
        _ calendar: TradingCalendar?
    ) {
        let origin = entries[0].forecasts[0]
        let ahead = Self.sessions(after: origin.session, calendar)
        symbol = instrument.symbol
        self.instrument = instrument.id
        name = instrument.name
        currency = origin.currency
        session = origin.session
        close = origin.originClose.double
        sessions = ahead
        self.entries = entries.map { entry in
            let first = entry.forecasts[0]
            return Entry(
                role: entry.role.rawValue, model: Model(id: first.model, family: entry.family, asOf: entry.fittedAsOf),
                baselineModel: first.baselineModel, featureVersion: first.featureVersion, dataVersion: first.dataVersion, asOf: first.asOf,
                forecasts: entry.forecasts.filter { query.horizons.contains($0.horizon) }.map { forecast in
                    Horizon(
                        horizon: forecast.horizon, targetSession: ahead.count >= forecast.horizon ? ahead[forecast.horizon - 1] : nil,
                        quantiles: Self.quantiles(
                            RangeCalibration.scaled(forecast.quantiles, by: forecast.calibrationFactor), forecast.originClose),
                        randomWalk: Self.quantiles(forecast.baselineQuantiles, forecast.originClose),
                        probabilityOfLoss: forecast.probabilityOfLoss, calibrationFactor: forecast.calibrationFactor,
                        evidence: evidence[.init(family: entry.family, horizon: forecast.horizon)])
                }, explanation: entry.explanation)
        }
    }

    private static func quantiles(_ values: [Double], _ close: Price) -> [Quantile] {
        zip(Quantiles.levels, values).map { level, value in
            Quantile(level: level, logReturn: value, price: (close.double * exp(value) * 1e4).rounded() / 1e4)
        }
    }

    private static func sessions(after origin: SessionDate, _ calendar: TradingCalendar?) -> [SessionDate] {
        guard let calendar else { return [] }
        var sessions: [SessionDate] = []
        while sessions.count < Quantiles.longestHorizon, let next = calendar.next(after: sessions.last ?? origin) { sessions.append(next) }
        return sessions
    }
}
