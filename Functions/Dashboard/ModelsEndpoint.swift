import LambdaEvents
import Market
import Store

extension Dashboard {
    private struct ModelsDocument: Encodable {
        struct Entry: Encodable {
            let id, kind: String
            let asOf: Instant
            /// The slots that the model stands in as of the request.
            let roles: [String]
            let featureVersion, dataVersion, codeVersion: String
            let windowFrom, windowTo: SessionDate

            private enum CodingKeys: String, CodingKey {
                case id, kind, asOf = "as_of", roles, featureVersion = "feature_version", dataVersion = "data_version"
                case codeVersion = "code_version", windowFrom = "window_from", windowTo = "window_to"
            }
        }

        let asOf: Instant
        let models: [Entry]

        private enum CodingKeys: String, CodingKey { case asOf = "as_of", models }
    }

    /// `GET /v1/models?as_of=`: every model that had been trained, latest first.
    func models(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let holders = try await Promotions(database).holders(asOf: parameters.asOf)
        let models = try await ModelRegistry(database).list(asOf: parameters.asOf).map { model in
            ModelsDocument.Entry(
                id: model.id, kind: model.kind, asOf: model.asOf,
                roles: holders.filter { $0.value.id == model.id }.map(\.key.rawValue).sorted(), featureVersion: model.featureVersion,
                dataVersion: model.dataVersion, codeVersion: model.codeVersion, windowFrom: model.windowFrom, windowTo: model.windowTo)
        }
        return try HTTPAPIResponse(json: ModelsDocument(asOf: parameters.asOf, models: models))
    }
}
