/// The effect of each group of inputs on one forecast: by how much the group widens the ranges and raises the median.
///
/// Each group in turn is replaced by its typical values for the instrument, and the other inputs stay. The group's features of the last
/// sessions are replaced, together and in order, by the features of as many sessions ending 29, 58 … 232 sessions earlier, and the eight
/// forecasts are averaged. The volatility scale becomes its geometric mean over the last 250 rows. The difference to the full forecast is
/// the group's effect; effects need not add up. Replacements that lack a value which is present today do not count: a young instrument has
/// fewer of them, and a group without any has no effect. Inputs of rows before the replaced ones, such as `EarningsSeasonality`, stay.
///
/// This combines the permutation of a group of Fisher, Rudin and Dominici (2019) and the removal by marginal distribution of Covert, Lundberg
/// and Lee (2021). A *missing* value instead would carry information of its own: trees send it down the paths of young or halted instruments.
package struct Explanation: Sendable, Hashable {
    /// A group of inputs that is replaced together.
    package enum Group: String, Sendable, CaseIterable {
        /// The blended and the EWMA 0.97 volatility themselves.
        case scale = "volatility scale"
        case volatility, returns, volume, market
        case crossSection = "cross-section"

        fileprivate var features: Set<String> {
            switch self {
            case .scale: []
            case .volatility: ["range", "lsig", "v5", "v20", "v60_20", "v250_60", "park10", "gk20", "semi20", "maxabs20"]
            case .returns:
                [
                    "z1", "z5", "z20", "z60", "z120", "mom12_1", "gap", "intraday", "clv", "skew60", "rsi14", "dsma20", "dhigh250",
                    "dlow250", "macd",
                ]
            case .volume: ["lvol", "lvol5_60", "amihud"]
            case .market: ["beta60", "idio"]
            case .crossSection: ["rk5", "rk20", "rkmom", "rksig"]
            }
        }
    }

    /// The effect of one group.
    package struct Effect: Sendable, Hashable {
        package let group: Group
        /// By horizon, the 80 % range's width divided by its width without the group, less 1.
        package let width: [Double]
        /// By horizon, the median less the median without the group, as a log return.
        package let median: [Double]
    }

    /// The effects in the order of `Group`.
    package let effects: [Effect]

    /// - Parameter forecasts: makes the forecasts of histories at their last rows, one result each, in their order. The first is the full
    ///   forecast; of the others, errors do not count.
    /// - Throws: `.shortHistory` without a session to compare with; the error of the full forecast, or of every replacement of a group.
    package init(
        _ history: History, _ forecasts: ([History]) -> [Result<QuantileForecast, ForecastError>]
    ) throws(ForecastError) {
        let shifts = Self.shifts.filter { history.count - Self.replaced - $0 > 0 }
        guard !shifts.isEmpty else { throw .shortHistory(sessions: history.count, needed: Self.replaced + Self.shifts[0] + 1) }
        var changed: [(group: Group, history: History)] = [(.scale, try history.withTypicalScale())]
        for group in Group.allCases where group != .scale {
            for shift in shifts where history.hasValues(group, shift, rows: Self.replaced) {
                changed.append((group, try history.with(group, of: shift, earlier: Self.replaced)))
            }
        }
        let results = forecasts([history] + changed.map(\.history))
        let full = try results[0].get()
        var effects: [Effect] = []
        for group in Group.allCases {
            let replacements = zip(changed, results.dropFirst()).filter { $0.0.group == group }.map(\.1)
            let typical = replacements.compactMap { try? $0.get() }
            if let error = replacements.compactMap(\.error).first, typical.isEmpty { throw error }
            // Exactly the full's where nothing differs from it.
            func mean(_ value: (QuantileForecast) -> Double) -> Double {
                typical.reduce(0) { $0 + (value($1) - value(full)) } / Double(max(typical.count, 1)) + value(full)
            }
            effects.append(
                Effect(
                    group: group,
                    width: Quantiles.horizons.indices.map { horizon in
                        let width = mean { $0.width80(horizon) }
                        return width > 0 ? full.width80(horizon) / width - 1 : 0
                    },
                    median: Quantiles.horizons.indices.map { horizon in
                        full.median(horizonIndex: horizon) - mean { $0.median(horizonIndex: horizon) }
                    }))
        }
        self.effects = effects
    }

    /// The number of last rows whose features are replaced: the window of the sequence models.
    private static let replaced = 60
    /// Distances in rows within the last year. None is a multiple of a quarter, because companies report on much the same day of each quarter.
    private static let shifts = (1...8).map { 29 * $0 }

    /// The result in words, such as "mostly volatility", by the mean change of the widths over the horizons.
    package var summary: String {
        func size(_ groups: Set<Group>) -> Double {
            effects.filter { groups.contains($0.group) }.reduce(0) { $0 + $1.width.reduce(0) { $0 + abs($1) } }
                / Double(Quantiles.horizons.count)
        }
        let volatility = size([.scale, .volatility])
        let others = Group.allCases.filter { $0 != .scale && $0 != .volatility }
        let largest = others.map { ($0, size([$0])) }.max { $0.1 < $1.1 }
        let rest = others.reduce(0) { $0 + size([$1]) }
        guard max(volatility, rest) >= 0.01 else { return "as on a typical day" }
        guard let largest, rest > 0.25 * volatility else { return "mostly volatility" }
        return volatility > rest ? "volatility first, then \(largest.0.rawValue)" : "mostly \(largest.0.rawValue)"
    }
}

extension QuantileForecast {
    fileprivate func width80(_ horizonIndex: Int) -> Double {
        let q = Array(self[horizon: horizonIndex])
        return q[q.count - 2] - q[1]
    }
}

extension Result where Failure == ForecastError {
    fileprivate var error: ForecastError? { if case .failure(let error) = self { error } else { nil } }
}

extension History {
    /// The history with the group's features of the last `rows` rows replaced by the features of `shift` rows earlier.
    fileprivate func with(_ group: Explanation.Group, of shift: Int, earlier rows: Int) throws(ForecastError) -> History {
        var changed = features
        let width = layout.names.count
        for column in layout.names.indices where group.features.contains(layout.names[column]) {
            for row in count - rows..<count { changed[row * width + column] = features[(row - shift) * width + column] }
        }
        return try History(
            id: id, layout: layout, sessions: sessions, features: changed, logLevel: logLevel, sigma97: sigma97, blend: blend)
    }

    /// Whether the group's features of `shift` rows earlier are present wherever the last rows' features are.
    fileprivate func hasValues(_ group: Explanation.Group, _ shift: Int, rows: Int) -> Bool {
        let width = layout.names.count
        return layout.names.indices.allSatisfy { column in
            !group.features.contains(layout.names[column])
                || (count - rows..<count).allSatisfy {
                    features[$0 * width + column].isNaN || !features[($0 - shift) * width + column].isNaN
                }
        }
    }

    fileprivate func withTypicalScale() throws(ForecastError) -> History {
        let scale = typicalScale
        return try History(
            id: id, layout: layout, sessions: sessions, features: features, logLevel: logLevel, sigma97: sigma97.map { $0 * scale },
            blend: blend.map { $0 * scale })
    }

    /// The blended volatility's geometric mean over the last 250 rows, over its last value; 1 without one.
    private var typicalScale: Double {
        let logs = blend.suffix(250).map(logarithm).filter(\.isFinite)
        guard let last = blend.last, last > 0, !logs.isEmpty else { return 1 }
        return exponential(logs.reduce(0, +) / Double(logs.count)) / last
    }
}
