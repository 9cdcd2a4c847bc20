/// A weighted mean of several models' quantiles: the members and their weights, stored as an artifact.
package struct Ensemble: Sendable, Hashable {
    package static let family = "ensemble"

    /// A member's model version and its artifact in the object store.
    package struct Member: Sendable, Hashable {
        package let id, family, artifactKey, artifactSHA256: String

        package init(id: String, family: String, artifactKey: String, artifactSHA256: String) {
            self.id = id
            self.family = family
            self.artifactKey = artifactKey
            self.artifactSHA256 = artifactSHA256
        }
    }

    package let members: [Member]
    package let weights: MemberWeights
    let cut: String

    /// - Parameters:
    ///   - weights: the members' weights, in their order; rounded to fp32, as the artifact stores them.
    ///   - cut: the last session on which a member was trained.
    package init(members: [Member], weights: MemberWeights, cut: String) {
        func stored(_ values: [[Double]]) -> [[Double]] { values.map { $0.map { Double(Float($0)) } } }
        self.members = members
        self.weights = MemberWeights(priors: stored(weights.priors), scores: stored(weights.scores), fallback: weights.fallback)
        self.cut = cut
    }

    /// The weighted forecast.
    ///
    /// - Parameter forecasts: the members' forecasts, in their order; nil for a member without a forecast.
    package func forecast(_ forecasts: [QuantileForecast?]) throws(ForecastError) -> QuantileForecast { try weights.combined(forecasts) }

    /// The weight of each member by family and horizon when all members have a forecast.
    package var metrics: [String: Double] {
        let all = members.map { _ in true }
        var metrics: [String: Double] = [:]
        for (i, horizon) in Quantiles.horizons.enumerated() {
            for (member, weight) in zip(members, weights.weights(horizonIndex: i, present: all)) {
                metrics["weight_\(member.family)_\(horizon)"] = weight
            }
        }
        return metrics
    }

    package func state() -> Artifact {
        var metadata = Artifact.header(family: Self.family, seed: 0, cut: cut)
        metadata["members"] = members.map { [$0.id, $0.family, $0.artifactKey, $0.artifactSHA256].joined(separator: " ") }
            .joined(separator: "\n")
        metadata["fallback"] = String(weights.fallback)
        metadata[ArtifactKey.scaling] = "half a member's share of priors, half its share of scores, among those that have a forecast"
        let shape = [members.count, Quantiles.horizons.count]
        func tensor(_ name: String, _ values: [[Double]]) -> Artifact.Tensor {
            Artifact.Tensor(name: name, shape: shape, values: values.joined().map(Float.init))
        }
        return Artifact(metadata: metadata, tensors: [tensor("priors", weights.priors), tensor("scores", weights.scores)])
    }

    /// - Throws: `ArtifactError`.
    package init(state: Artifact) throws {
        try state.check(family: Self.family)
        let members = try state.text("members").split(separator: "\n").map { line throws(ArtifactError) in
            let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4 else { throw .mismatch("a member needs id, family, artifact key and hash") }
            return Member(id: parts[0], family: parts[1], artifactKey: parts[2], artifactSHA256: parts[3])
        }
        guard !members.isEmpty, let fallback = Int(try state.text("fallback")), members.indices.contains(fallback) else {
            throw ArtifactError.mismatch("fallback is not the index of a member")
        }
        let width = Quantiles.horizons.count
        func weights(_ name: String) throws(ArtifactError) -> [[Double]] {
            let values = try state.values(name, shape: [members.count, width])
            guard values.allSatisfy({ $0 >= 0 }) else { throw .mismatch("\(name) has a negative value") }
            return members.indices.map { member in values[member * width..<(member + 1) * width].map(Double.init) }
        }
        self.init(
            members: members, weights: MemberWeights(priors: try weights("priors"), scores: try weights("scores"), fallback: fallback),
            cut: try state.text(ArtifactKey.cut))
    }
}
