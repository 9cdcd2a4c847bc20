import AWS
import Forecasting
import Logging
import Objects
import Store

/// A registered model version that can forecast.
struct LoadedModel: Sendable {
    let version: ModelVersion
    /// The versions whose forecasts are combined: the version itself, or an ensemble's members in their order.
    let parts: [(id: String, model: any ForecastModel)]
    /// The ensemble that combines the parts' forecasts; nil for a single model.
    let ensemble: Ensemble?

    /// - Parameter results: the forecasts that versions have already made from this history, by id; new forecasts are added.
    func forecast(
        _ history: History, _ results: inout [String: Result<QuantileForecast, ForecastError>]
    ) throws(ForecastError) -> QuantileForecast {
        var forecasts: [Result<QuantileForecast, ForecastError>] = []
        for (id, model) in parts {
            let result = results[id] ?? Result { () throws(ForecastError) in try model.forecast(history, at: history.count - 1) }
            results[id] = result
            forecasts.append(result)
        }
        return try combined(forecasts)
    }

    /// The forecasts of one history (the first) and of its variants.
    ///
    /// A variant fails if a part that forecast the first history fails on the variant, so that an ensemble always combines the same members.
    func forecasts(_ histories: [History]) -> [Result<QuantileForecast, ForecastError>] {
        let byPart = parts.map { $0.model.forecasts(histories.map { ($0, $0.count - 1) }) }
        return histories.indices.map { place in
            Result { () throws(ForecastError) in
                for results in byPart where (try? results[0].get()) != nil { _ = try results[place].get() }
                return try combined(byPart.map { $0[place] })
            }
        }
    }

    /// - Parameter forecasts: the parts' forecasts, in their order.
    private func combined(_ forecasts: [Result<QuantileForecast, ForecastError>]) throws(ForecastError) -> QuantileForecast {
        guard let ensemble else { return try forecasts[0].get() }
        guard forecasts.contains(where: { (try? $0.get()) != nil }) else { return try forecasts[ensemble.weights.fallback].get() }
        return try ensemble.forecast(forecasts.map { try? $0.get() })
    }
}

/// The model versions that this environment has loaded. An id contains a hash of the version's content, so a loaded version never changes.
actor LoadedModels {
    /// The largest number of versions in memory; the version loaded first is removed first.
    private static let capacity = 40

    private let artifacts: ArtifactStore
    private var loaded: [(id: String, model: any ForecastModel)] = []

    init(_ artifacts: ArtifactStore) { self.artifacts = artifacts }

    /// Loads the first version with a usable artifact, members' artifacts included. A version whose artifact is missing, truncated or changed
    /// is skipped, with an error in the log.
    ///
    /// - Throws: `UnusableFamilyError` if no version is usable; `AWSError` if the object store cannot be reached.
    func first(of versions: [ModelVersion], deadline: ContinuousClock.Instant, _ logger: Logger) async throws -> LoadedModel {
        var reasons: [String] = []
        for version in versions {
            do {
                return try await load(version, deadline: deadline)
            } catch let error as AWSError where error.code == .corrupted || error.status == 404 {
                reasons.append("\(error)")
            } catch let error as UnreadableArtifactError {
                reasons.append("\(error)")
            }
            logger.error(
                "Rejected an artifact; the version before it serves",
                metadata: ["model": "\(version.id)", "reason": "\(reasons.last ?? "")"])
        }
        throw UnusableFamilyError(family: versions.first?.family ?? "", reasons: reasons)
    }

    /// The artifact of a registered version, checked against its hash.
    func artifact(of version: ModelVersion, deadline: ContinuousClock.Instant) async throws -> Artifact {
        try await artifact(version.artifactKey, version.artifactSHA256, deadline)
    }

    private func load(_ version: ModelVersion, deadline: ContinuousClock.Instant) async throws -> LoadedModel {
        guard version.family == Ensemble.family else {
            let model = try await model(version.id, version.artifactKey, version.artifactSHA256, deadline)
            return LoadedModel(version: version, parts: [(version.id, model)], ensemble: nil)
        }
        let state = try await artifact(of: version, deadline: deadline)
        let ensemble = try Self.read(version.artifactKey) { try Ensemble(state: state) }
        var parts: [(id: String, model: any ForecastModel)] = []
        for member in ensemble.members {
            parts.append((member.id, try await model(member.id, member.artifactKey, member.artifactSHA256, deadline)))
        }
        return LoadedModel(version: version, parts: parts, ensemble: ensemble)
    }

    private func model(
        _ id: String, _ key: String, _ sha256: String, _ deadline: ContinuousClock.Instant
    ) async throws -> any ForecastModel {
        if let known = loaded.first(where: { $0.id == id }) { return known.model }
        let artifact = try await artifact(key, sha256, deadline)
        let model = try Self.read(key) { try loadModel(artifact) }
        if loaded.count >= Self.capacity { loaded.removeFirst() }
        loaded.append((id, model))
        return model
    }

    private func artifact(_ key: String, _ sha256: String, _ deadline: ContinuousClock.Instant) async throws -> Artifact {
        let bytes = try await artifacts.get(ArtifactStore.Reference(key: key, sha256: sha256), deadline: deadline)
        return try Self.read(key) { try Artifact(decoding: bytes) }
    }

    /// Adds the object key to a decoding error.
    private static func read<Value>(_ key: String, _ make: () throws -> Value) throws(UnreadableArtifactError) -> Value {
        do { return try make() } catch { throw UnreadableArtifactError(key: key, reason: "\(error)") }
    }
}

/// An artifact with the registered hash that cannot be decoded.
struct UnreadableArtifactError: Error, CustomStringConvertible {
    /// The object key of the version's own artifact or of a member's.
    let key: String
    let reason: String
    var description: String { "\(key): \(reason)" }
}

/// The error that none of a family's versions can be used.
struct UnusableFamilyError: Error, CustomStringConvertible {
    let family: String
    /// The reasons, one per version.
    let reasons: [String]
    var description: String { "no version of \(family) can be used: \(reasons.joined(separator: "; "))" }
}
