import Market

/// GARCH(1,1) with Student-t innovations, estimated per instrument on its last 1,500 returns.
///
/// The next session is forecast by the model's t distribution, longer horizons by a t distribution with the exact second and fourth moment.
/// An instrument without its own parameters gets the median parameters and the variance of its own returns.
package struct GARCHModel: ForecastModel {
    package static let family = "garch-t"
    /// The number of returns that the filter reads; the influence of earlier returns has decayed.
    private static let filtered = 500
    package static let lookback = filtered + 1

    let seed: UInt64
    let cut: String
    let featureVersion: String
    /// The parameters by instrument; values are representable in fp32.
    let parameters: [String: StudentGARCH]
    /// The medians of the parameters over the instruments.
    let typical: StudentGARCH

    package var metrics: [String: Double] { ["fitted_instruments": Double(parameters.count)] }

    package static func fit(
        _ set: TrainingSet, seed: UInt64, deadline: ContinuousClock.Instant?, progress: (Double) -> Void
    ) throws -> GARCHModel {
        var parameters: [String: StudentGARCH] = [:]
        for (i, history) in set.histories.enumerated() {
            if let deadline, ContinuousClock.now >= deadline { throw TrainingError.deadline }
            if let last = history.index(atOrBefore: set.cut) {
                parameters[history.id] = StudentGARCH(returns(history, through: last, count: StudentGARCH.window))?.rounded
            }
            progress(Double(i + 1) / Double(set.histories.count))
        }
        guard !parameters.isEmpty else {
            let longest = set.histories.compactMap { $0.index(atOrBefore: set.cut) }.max() ?? 0
            throw TrainingError.insufficientHistory(rows: longest, needed: StudentGARCH.leastReturns)
        }
        return GARCHModel(
            seed: seed, cut: set.cut.description, featureVersion: set.histories.first?.layout.version ?? "", parameters: parameters)
    }

    init(seed: UInt64, cut: String, featureVersion: String, parameters: [String: StudentGARCH]) {
        self.seed = seed
        self.cut = cut
        self.featureVersion = featureVersion
        self.parameters = parameters
        func median(_ value: (StudentGARCH) -> Double) -> Double { empiricalQuantile(parameters.values.map(value).sorted(), 0.5) }
        typical = StudentGARCH(
            mean: 0, variance: median(\.variance), alpha: median(\.alpha), beta: median(\.beta), freedom: median(\.freedom))
    }

    package func forecast(_ history: History, at index: Int) throws(ForecastError) -> QuantileForecast {
        _ = try history.volatility(.ewma97, at: index)
        let returns = Self.returns(history, through: index, count: Self.filtered)
        var model = parameters[history.id] ?? typical
        if parameters[history.id] == nil {
            model.variance = max(returns.reduce(0) { $0 + $1 * $1 } / Double(returns.count), 1e-10)
        }
        let next = model.nextVariance(returns)
        return try QuantileForecast(Quantiles.horizons.flatMap { model.quantiles(from: next, horizon: $0) })
    }

    private static func returns(_ history: History, through last: Int, count: Int) -> [Double] {
        let first = max(1, last + 1 - count)
        return first <= last ? (first...last).map { history.logLevel[$0] - history.logLevel[$0 - 1] } : []
    }
}

extension GARCHModel {
    private static let columns = ["mean", "variance", "alpha", "beta", "freedom"]

    package func state() -> Artifact {
        var metadata = Artifact.header(family: Self.family, seed: seed, cut: cut)
        metadata[ArtifactKey.featureVersion] = featureVersion
        let ids = parameters.keys.sorted()
        metadata["instruments"] = ids.joined(separator: "\n")
        metadata["parameters"] = Self.columns.joined(separator: ",")
        let values = ids.compactMap { parameters[$0] }.flatMap { [$0.mean, $0.variance, $0.alpha, $0.beta, $0.freedom].map(Float.init) }
        return Artifact(metadata: metadata, tensors: [.init(name: "parameters", shape: [ids.count, 5], values: values)])
    }

    package init(state: Artifact) throws {
        try state.check(family: Self.family)
        let ids = try state.text("instruments").split(separator: "\n").map(String.init)
        let values = try state.values("parameters", shape: [ids.count, 5]).map(Double.init)
        guard let seed = UInt64(try state.text(ArtifactKey.seed)), !ids.isEmpty else {
            throw ArtifactError.mismatch("seed is not a number or there is no instrument")
        }
        var parameters: [String: StudentGARCH] = [:]
        for (i, id) in ids.enumerated() {
            let p = Array(values[5 * i..<5 * i + 5])
            guard p[1] > 0, p[2] >= 0, p[3] >= 0, p[2] + p[3] < 1, p[4] > 2 else {
                throw ArtifactError.mismatch("the parameters of \(id) are not those of a stationary GARCH")
            }
            parameters[id] = StudentGARCH(mean: p[0], variance: p[1], alpha: p[2], beta: p[3], freedom: p[4])
        }
        self.init(
            seed: seed, cut: try state.text(ArtifactKey.cut), featureVersion: try state.text(ArtifactKey.featureVersion),
            parameters: parameters)
    }
}

extension StudentGARCH {
    /// The parameters in single precision, as an artifact stores them.
    fileprivate var rounded: StudentGARCH {
        func single(_ value: Double) -> Double { Double(Float(value)) }
        return StudentGARCH(
            mean: single(mean), variance: single(variance), alpha: single(alpha), beta: single(beta), freedom: single(freedom))
    }
}
