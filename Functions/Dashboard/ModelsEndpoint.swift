import Features
import Forecasting
import FoundationEssentials
import LambdaEvents
import Market
import Store

extension Dashboard {
    /// `GET /v1/models?as_of=`: who is who, why, and every model that had been trained, latest first.
    func models(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let asOf = parameters.asOf
        let registry = ModelRegistry(database)
        let lineup = try await registry.lineup(
            asOf: asOf, featureVersion: FeatureSet.version, floor: BlendedFHS.family, baseline: RandomWalk.family)
        let factors = try await Calibrations(database).known(before: Instant(microseconds: asOf.microseconds + 1))
        let promotions = try await Promotions(database).history(asOf: asOf)
        let looks = try await Evaluations(database).list(asOf: asOf)
        let document = ModelsDocument(
            asOf: asOf,
            slots: (lineup?.members ?? []).map { member in
                ModelsDocument.Slot(
                    member, since: member.role == .champion ? promotions.first : nil,
                    look: looks.first { $0.family == member.family && $0.subject == .review },
                    factors: factors.filter { $0.family == member.family })
            },
            promotions: promotions.map(ModelsDocument.Decision.init), evaluations: looks.map(ModelsDocument.Look.init),
            models: try await registry.list(asOf: asOf).map { model in
                ModelsDocument.Entry(model, roles: (lineup?.members ?? []).filter { $0.fits[0].id == model.id }.map(\.role.rawValue))
            })
        return try HTTPAPIResponse(json: document)
    }
}
