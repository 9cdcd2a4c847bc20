import AWS
import Features
import Forecasting
import FoundationEssentials
import LambdaRuntime
import Market
import Postgres
import Store

/// A neural network as an ONNX file, which other systems can serve.
struct ExportedModel: Encodable, Sendable {
    let id, family: String
    /// The bytes of the ONNX file in base 64.
    let onnx: String
}

/// A model that cannot be exported.
enum ModelExportError: Error, Sendable, CustomStringConvertible {
    case unknownModel(String)
    case notANetwork(String)

    var description: String {
        switch self {
        case .unknownModel(let name):
            "there is no model \"\(name)\"; name a version's id or a family, as `bellwether models list` shows them"
        case .notANetwork(let family):
            "\(family) is no neural network: ONNX files are made of \(ModelFamilies.exportable.joined(separator: " and "))"
        }
    }
}

extension ModelFamilies {
    /// The families that can be written as ONNX.
    static var exportable: [String] { all.filter { $0 is any ONNXExportable.Type }.map { $0.family } }
}

extension Predict {
    /// Exports a model version.
    ///
    /// - Parameter name: a version's id, or a family for its latest version as of the instant.
    func export(_ name: String, asOf: Instant, _ context: Context) async throws -> ExportedModel {
        let registry = ModelRegistry(database)
        let named = try await registry.find(name).flatMap { $0.asOf <= asOf ? $0 : nil }
        let latest = named == nil ? try await registry.list(family: name, asOf: asOf).first : nil
        guard let version = named ?? latest else { throw ModelExportError.unknownModel(name) }
        guard ModelFamilies.exportable.contains(version.family) else { throw ModelExportError.notANetwork(version.family) }
        let model = try loadModel(try await service.models.artifact(of: version, deadline: context.cutOff.instant))
        guard let network = model as? any ONNXExportable else { throw ModelExportError.notANetwork(version.family) }
        let bytes = network.onnx([
            "model_id": version.id, "artifact_sha256": version.artifactSHA256, "trained_as_of": "\(version.asOf)",
        ])
        return ExportedModel(id: version.id, family: version.family, onnx: Data(bytes).base64EncodedString())
    }
}
