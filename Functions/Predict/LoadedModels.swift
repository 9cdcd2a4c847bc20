import AWS
import Forecasting
import Logging
import Objects
import Store

/// A registered model that can forecast.
struct LoadedModel: Sendable {
    let row: ModelVersion
    /// The fits that it is made of: itself, or an ensemble's members in their order.
    let fits: [(id: String, model: any ForecastModel)]
    /// nil = a single fit.
    let ensemble: Ensemble?

    /// - Parameter answers: what fits forecast for this history already, by id; new answers are added.
    func forecast(
        _ history: History, _ answers: inout [String: Result<QuantileForecast, ForecastError>]
    ) throws(ForecastError) -> QuantileForecast {
        var parts: [Result<QuantileForecast, ForecastError>] = []
        for (id, model) in fits {
            let answer =
                answers[id] ?? Result { () throws(ForecastError) in try model.forecast(history, at: history.count - 1) }
            answers[id] = answer
            parts.append(answer)
        }
        return try combined(parts)
    }

    /// The forecasts of variants of one history, which comes first. One is refused that a fit refuses which answered for the first, so that an
    /// ensemble stays one of the same members.
    func forecasts(_ histories: [History]) -> [Result<QuantileForecast, ForecastError>] {
        let byFit = fits.map { $0.model.forecasts(histories.map { ($0, $0.count - 1) }) }
        return histories.indices.map { place in
            Result { () throws(ForecastError) in
                for answers in byFit where (try? answers[0].get()) != nil { _ = try answers[place].get() }
                return try combined(byFit.map { $0[place] })
            }
        }
    }

    /// - Parameter parts: the fits' answers, in their order.
    private func combined(_ parts: [Result<QuantileForecast, ForecastError>]) throws(ForecastError) -> QuantileForecast {
        guard let ensemble else { return try parts[0].get() }
        guard parts.contains(where: { (try? $0.get()) != nil }) else { return try parts[ensemble.weights.fallback].get() }
        return try ensemble.forecast(parts.map { try? $0.get() })
    }
}

/// Models that this environment has loaded. One that was loaded stays; ids are made of content.
actor LoadedModels {
    /// Fits kept in memory; the least recently loaded one goes first.
    private static let capacity = 40

    private let artifacts: ArtifactStore
    private var loaded: [(id: String, model: any ForecastModel)] = []

    init(_ artifacts: ArtifactStore) { self.artifacts = artifacts }

    /// The first model whose artifact, and whose members', are what their rows say. One of which a piece is missing, cut short or changed is
    /// passed over, with an error in the log.
    ///
    /// - Throws: `UnusableFamilyError` when none is; `AWSError` when the object store cannot be asked.
    func first(of rows: [ModelVersion], deadline: ContinuousClock.Instant, _ logger: Logger) async throws -> LoadedModel {
        var reasons: [String] = []
        for row in rows {
            do {
                return try await model(row, deadline: deadline)
            } catch let error as AWSError where error.code == .corrupted || error.status == 404 {
                reasons.append("\(error)")
            } catch let failure as UnreadableArtifactError {
                reasons.append("\(failure)")
            }
            logger.error(
                "Refused an artifact; the fit before it serves", metadata: ["model": "\(row.id)", "reason": "\(reasons.last ?? "")"])
        }
        throw UnusableFamilyError(family: rows.first?.family ?? "", reasons: reasons)
    }

    /// The artifact of a registered model, checked against its row.
    func artifact(of row: ModelVersion, deadline: ContinuousClock.Instant) async throws -> Artifact {
        try await artifact(row.artifactKey, row.artifactSHA256, deadline)
    }

    private func model(_ row: ModelVersion, deadline: ContinuousClock.Instant) async throws -> LoadedModel {
        guard row.family == Ensemble.family else {
            return LoadedModel(
                row: row, fits: [(row.id, try await fit(row.id, row.artifactKey, row.artifactSHA256, deadline))], ensemble: nil)
        }
        let state = try await artifact(of: row, deadline: deadline)
        let ensemble = try Self.read(row.artifactKey) { try Ensemble(state: state) }
        var fits: [(id: String, model: any ForecastModel)] = []
        for member in ensemble.members {
            fits.append((member.id, try await fit(member.id, member.artifactKey, member.artifactSHA256, deadline)))
        }
        return LoadedModel(row: row, fits: fits, ensemble: ensemble)
    }

    private func fit(
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

    /// Names the object when nothing can be made of its bytes.
    private static func read<Value>(_ key: String, _ make: () throws -> Value) throws(UnreadableArtifactError) -> Value {
        do { return try make() } catch { throw UnreadableArtifactError(key: key, reason: "\(error)") }
    }
}

/// Bytes that are those of their row, of which no model can be made.
struct UnreadableArtifactError: Error, CustomStringConvertible {
    /// Of the model's own artifact or of a member's.
    let key: String
    let reason: String
    var description: String { "\(key): \(reason)" }
}

/// Why no fit of a family can be used.
struct UnusableFamilyError: Error, CustomStringConvertible {
    let family: String
    /// One for each fit.
    let reasons: [String]
    var description: String { "no fit of \(family) can be used: \(reasons.joined(separator: "; "))" }
}
