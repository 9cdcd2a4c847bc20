import AWS
import Features
import Forecasting
import FoundationEssentials
import LambdaRuntime
import Market
import Postgres
import Store

/// A network in a form that other systems can serve.
struct ExportedModel: Encodable, Sendable {
    let id, family: String
    /// The bytes of an ONNX file, in base 64.
    let onnx: String
}

enum ExportError: Error, Sendable, CustomStringConvertible {
    case unknownModel(String)
    case notANetwork(String)

    var description: String {
        switch self {
        case .unknownModel(let name): "there is no model \"\(name)\"; name an id or a family, as `bellwether models list` shows them"
        case .notANetwork(let family):
            "\(family) is no network: ONNX files are made of \(ModelFamilies.exportable.joined(separator: " and "))"
        }
    }
}

extension ModelFamilies {
    static var exportable: [String] { all.filter { $0 is any ONNXExportable.Type }.map { $0.family } }
}

extension Predict {
    /// - Parameter name: an id, or a family for its latest fit as of the instant.
    func export(_ name: String, asOf: Instant, _ context: Context) async throws -> ExportedModel {
        let registry = ModelRegistry(database)
        let named = try await registry.find(name).flatMap { $0.asOf <= asOf ? $0 : nil }
        let latest = named == nil ? try await registry.list(family: name, asOf: asOf).first : nil
        guard let row = named ?? latest else { throw ExportError.unknownModel(name) }
        guard ModelFamilies.exportable.contains(row.family) else { throw ExportError.notANetwork(row.family) }
        let model = try loadModel(try await service.models.artifact(of: row, deadline: context.cutOff.instant))
        guard let network = model as? any ONNXExportable else { throw ExportError.notANetwork(row.family) }
        let bytes = network.onnx(["model_id": row.id, "artifact_sha256": row.artifactSHA256, "fitted_as_of": "\(row.asOf)"])
        return ExportedModel(id: row.id, family: row.family, onnx: Data(bytes).base64EncodedString())
    }
}
