/// What moves one forecast: how much wider its ranges and how much higher its median are for what each group of inputs says.
///
/// Each group is taken away in turn, and the rest stays: its features count as missing in every row, the volatility scale as its
/// geometric mean over the last 250 rows. The difference to the whole forecast is the group's effect; effects need not add up.
package struct Explanation: Sendable, Hashable {
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

    package struct Effect: Sendable, Hashable {
        package let group: Group
        /// By horizon: the 80 % range's width over its width without the group, less 1.
        package let width: [Double]
        /// By horizon: what the median is higher by, as a log return.
        package let median: [Double]
    }

    /// In the order of the groups.
    package let effects: [Effect]

    /// - Parameter forecast: of a history at its last row.
    package init(
        _ history: History, _ forecast: (History) throws(ForecastRefusal) -> QuantileForecast
    ) throws(ForecastRefusal) {
        let whole = try forecast(history)
        var effects: [Effect] = []
        for group in Group.allCases {
            let rest = try forecast(history.without(group))
            effects.append(
                Effect(
                    group: group,
                    width: Quantiles.horizons.indices.map { rest.width80($0) > 0 ? whole.width80($0) / rest.width80($0) - 1 : 0 },
                    median: Quantiles.horizons.indices.map { whole.median(horizonIndex: $0) - rest.median(horizonIndex: $0) }))
        }
        self.effects = effects
    }

    /// In plain words, such as "mostly volatility": by the mean change of the widths over the horizons.
    package var summary: String {
        func size(_ groups: Set<Group>) -> Double {
            effects.filter { groups.contains($0.group) }.reduce(0) { $0 + $1.width.reduce(0) { $0 + abs($1) } }
                / Double(Quantiles.horizons.count)
        }
        let volatility = size([.scale, .volatility])
        let others = Group.allCases.filter { $0 != .scale && $0 != .volatility }
        let largest = others.map { ($0, size([$0])) }.max { $0.1 < $1.1 }
        let rest = others.reduce(0) { $0 + size([$1]) }
        guard max(volatility, rest) >= 0.01 else { return "as on a usual day" }
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

extension History {
    fileprivate func without(_ group: Explanation.Group) throws(ForecastRefusal) -> History {
        var features = features
        let width = layout.names.count
        for column in layout.names.indices where group.features.contains(layout.names[column]) {
            for row in 0..<count { features[row * width + column] = .nan }
        }
        let scale = group == .scale ? usualScale : 1
        return try History(
            id: id, layout: layout, sessions: sessions, features: features, logLevel: logLevel, sigma97: sigma97.map { $0 * scale },
            blend: blend.map { $0 * scale })
    }

    /// The blended volatility's geometric mean over the last 250 rows, over its last value; 1 without one.
    private var usualScale: Double {
        let logs = blend.suffix(250).map(logarithm).filter(\.isFinite)
        guard let last = blend.last, last > 0, !logs.isEmpty else { return 1 }
        return exponential(logs.reduce(0, +) / Double(logs.count)) / last
    }
}
