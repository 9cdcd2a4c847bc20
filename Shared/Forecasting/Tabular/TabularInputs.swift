/// The inputs of the models that read one row at a time: all features, ln(σ97 / S), ln S + 4 and `EarningsSeasonality`. NaN = missing.
struct TabularInputs: Sendable, Hashable {
    let featureVersion: String
    let names: [String]

    private let seasonality: EarningsSeasonality

    static let derivedNames = ["ln_s97_S", "ln_S"] + EarningsSeasonality.names
    /// The number of rows on which the inputs of one row depend.
    static let lookback = EarningsSeasonality.reach + 1

    init(_ layout: FeatureLayout) {
        featureVersion = layout.version
        names = layout.names + Self.derivedNames
        seasonality = EarningsSeasonality(layout)
    }

    var count: Int { names.count }

    /// Checks that a history has the features on which the model was trained.
    func check(_ layout: FeatureLayout) throws(ForecastError) {
        guard layout.version == featureVersion, layout.names + Self.derivedNames == names else {
            throw .otherFeatures(expected: featureVersion, found: layout.version)
        }
    }

    /// Writes the `count` inputs of one row.
    func write(_ history: History, row: Int, into target: UnsafeMutablePointer<Float>) {
        let width = history.layout.names.count
        for column in 0..<width { target[column] = history.features[row * width + column] }
        target[width] = Float(logarithm(history.sigma97[row] / history.blend[row]))
        target[width + 1] = Float(logarithm(history.blend[row]) + 4)
        seasonality.write(history, row: row, into: target + width + 2)
    }

    /// The inputs of one row.
    func values(_ history: History, row: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, used in
            if let target = buffer.baseAddress { write(history, row: row, into: target) }
            used = count
        }
    }
}

extension TabularInputs {
    var metadata: [String: String] {
        [ArtifactKey.featureVersion: featureVersion, ArtifactKey.inputs: names.joined(separator: ",")]
    }

    init(_ artifact: Artifact) throws(ArtifactError) {
        let names = try artifact.text(ArtifactKey.inputs).split(separator: ",").map(String.init)
        guard names.count > Self.derivedNames.count, Array(names.suffix(Self.derivedNames.count)) == Self.derivedNames else {
            throw .mismatch("inputs do not end with \(Self.derivedNames.joined(separator: ","))")
        }
        self.init(
            FeatureLayout(
                version: try artifact.text(ArtifactKey.featureVersion), names: names.dropLast(Self.derivedNames.count), sequence: []))
    }
}
