import Features
import Forecasting
import FoundationEssentials
import LambdaEvents
import Market
import Store

extension Dashboard {
    /// `GET /v1/models?as_of=`: the model families with their roles, decisions and reviews, and every trained version, latest first.
    func models(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try QueryParameters(request)
        let asOf = parameters.asOf
        let registry = ModelRegistry(database)
        let members =
            try await registry.lineup(
                asOf: asOf, featureVersion: FeatureSet.version, fallback: BlendedFHS.family, baseline: RandomWalk.family)?.members ?? []
        let factors = try await Calibrations(database).known(before: Instant(microseconds: asOf.microseconds + 1))
        let promotions = try await Promotions(database).history(asOf: asOf)
        let evaluations = try await Evaluations(database).list(asOf: asOf)
        let document = ModelsDocument(
            asOf: asOf,
            families: members.map { member in
                ModelsDocument.Family(
                    member, promotion: member.role == .champion ? promotions.first : nil,
                    review: evaluations.first { $0.family == member.family && $0.subject == .review },
                    factors: factors.filter { $0.family == member.family })
            },
            promotions: promotions.map(ModelsDocument.Promotion.init), evaluations: evaluations.map(ModelsDocument.Evaluation.init),
            versions: try await registry.list(asOf: asOf).map { version in
                ModelsDocument.Version(version, roles: members.filter { $0.current.id == version.id }.map(\.role.rawValue))
            })
        return try HTTPAPIResponse(json: document)
    }
}
