import AWS
import Forecasting
import Logging
import Objects
import Store

/// Models that this environment has loaded. One that was loaded stays; ids are made of content.
actor LoadedModels {
    /// Artifacts kept in memory; the least recently loaded one goes first.
    private static let capacity = 24

    private let artifacts: ArtifactStore
    private var loaded: [(id: String, model: any ForecastModel)] = []

    init(_ artifacts: ArtifactStore) { self.artifacts = artifacts }

    /// The first fit whose artifact is what its row says. One that is missing, cut short or changed is passed over, with an error in the log.
    ///
    /// - Throws: `RefusedArtifacts` when none is; `AWSError` when the object store cannot be asked.
    func first(of fits: [Model], deadline: ContinuousClock.Instant, _ logger: Logger) async throws -> (row: Model, model: any ForecastModel)
    {
        var reasons: [String] = []
        for row in fits {
            do {
                return (row, try await model(row, deadline: deadline))
            } catch let error as AWSError where error.code == .corrupted || error.status == 404 {
                reasons.append("\(error)")
            } catch let failure as ArtifactFailure {
                reasons.append("\(row.id): \(failure)")
            }
            logger.error(
                "Refused an artifact; the fit before it serves", metadata: ["model": "\(row.id)", "reason": "\(reasons.last ?? "")"])
        }
        throw RefusedArtifacts(reasons: reasons)
    }

    private func model(_ row: Model, deadline: ContinuousClock.Instant) async throws -> any ForecastModel {
        if let known = loaded.first(where: { $0.id == row.id }) { return known.model }
        let reference = ArtifactStore.Reference(key: row.artifactKey, sha256: row.artifactSHA256)
        let bytes = try await artifacts.get(reference, deadline: deadline)
        let model = try loadModel(Artifact(decoding: bytes))
        if loaded.count >= Self.capacity { loaded.removeFirst() }
        loaded.append((row.id, model))
        return model
    }
}

/// Why no fit of a kind can be used.
struct RefusedArtifacts: Error, CustomStringConvertible {
    let reasons: [String]
    var description: String { "no usable artifact: \(reasons.joined(separator: "; "))" }
}
