package import Market

/// Names and order of a history's feature columns, and the columns that the sequence nets read.
package struct FeatureLayout: Hashable, Sendable {
    package let version: String
    package let names: [String]
    /// Indices into `names`, in the order in which the nets read the columns.
    package let sequence: [Int]

    package init(version: String, names: [String], sequence: [Int]) {
        self.version = version
        self.names = names
        self.sequence = sequence
    }

    var sequenceNames: [String] { sequence.map { names[$0] } }
}

/// One instrument's features, returns and volatilities, session by session; the index into every array is its own session order.
///
/// A row contains only values known at its session's close, so a forecast at `index` reads only rows `...index`.
package struct History: Sendable {
    package let id: String
    package let layout: FeatureLayout
    /// Ascending.
    package let sessions: [SessionDate]
    /// sessions × layout.names.count, row-major, clipped to ±8, NaN = missing.
    package let features: [Float]
    /// The cumulative log total return; only differences are meaningful.
    package let logLevel: [Double]
    /// The EWMA 0.97 volatility per session; NaN in the first sessions.
    package let sigma97: [Double]
    /// Blended volatility S per session (EWMA .90 and .97 of range variance, .99 of squared returns); NaN in the first sessions.
    package let blend: [Double]

    /// - Throws: `.shape` when the arrays do not fit together or the sessions do not ascend.
    package init(
        id: String, layout: FeatureLayout, sessions: [SessionDate], features: [Float], logLevel: [Double], sigma97: [Double],
        blend: [Double]
    ) throws(ForecastError) {
        let n = sessions.count
        guard features.count == n * layout.names.count, logLevel.count == n, sigma97.count == n, blend.count == n else {
            throw .shape("history of \(id): \(n) sessions, \(features.count) feature values, \(logLevel.count) levels")
        }
        guard layout.sequence.allSatisfy(layout.names.indices.contains) else {
            throw .shape("history of \(id): a sequence index has no column")
        }
        guard zip(sessions, sessions.dropFirst()).allSatisfy(<) else { throw .shape("history of \(id): sessions do not ascend") }
        self.id = id
        self.layout = layout
        self.sessions = sessions
        self.features = features
        self.logLevel = logLevel
        self.sigma97 = sigma97
        self.blend = blend
    }

    package var count: Int { sessions.count }

    /// The last index whose session is at or before `date`; nil when all are later.
    package func index(atOrBefore date: SessionDate) -> Int? {
        var low = 0
        var high = sessions.count
        while low < high {
            let middle = (low + high) / 2
            if sessions[middle] <= date { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }

    /// Log total return from `index` over `horizon` sessions; NaN when it is not known in this history.
    package func outcome(at index: Int, horizon: Int) -> Double {
        guard index >= 0, index + horizon < count else { return .nan }
        return logLevel[index + horizon] - logLevel[index]
    }

    /// The volatility at `index`.
    ///
    /// - Throws: the reason why the session has no volatility.
    func volatility(_ series: VolatilitySeries, at index: Int) throws(ForecastError) -> Double {
        guard index >= 0, index < count else { throw .shape("history of \(id) has no row \(index)") }
        let value = self[series][index]
        guard value.isFinite, value > 0 else {
            if index < History.warmUp { throw .shortHistory(sessions: index + 1, needed: History.warmUp + 1) }
            throw .noVolatility(sessions[index])
        }
        return value
    }

    /// The number of returns before the first volatility.
    static let warmUp = 60
}

/// The volatilities of a history.
package enum VolatilitySeries: Sendable {
    case ewma97, blend
}

extension History {
    subscript(series: VolatilitySeries) -> [Double] {
        switch series {
        case .ewma97: sigma97
        case .blend: blend
        }
    }
}
