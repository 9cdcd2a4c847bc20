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
    let id, kind: String
    /// The bytes of an ONNX file, in base 64.
    let onnx: String
}

enum ExportFailure: Error, Sendable, CustomStringConvertible {
    case unknownModel(String)
    case notANetwork(String)

    var description: String {
        switch self {
        case .unknownModel(let name): "there is no model \"\(name)\"; name an id or a kind, as `bellwether models list` shows them"
        case .notANetwork(let kind): "\(kind) is no network: ONNX files are made of \(ModelKinds.exportable.joined(separator: " and "))"
        }
    }
}

extension ModelKinds {
    static var exportable: [String] { all.filter { $0 is any ONNXExportable.Type }.map { $0.kind } }
}

extension Predict {
    /// - Parameter name: an id, or a kind for its latest fit as of the instant.
    func export(_ name: String, asOf: Instant, _ context: Context) async throws -> ExportedModel {
        let registry = ModelRegistry(database)
        let named = try await registry.find(name).flatMap { $0.asOf <= asOf ? $0 : nil }
        let latest = named == nil ? try await registry.list(kind: name, asOf: asOf).first : nil
        guard let row = named ?? latest else { throw ExportFailure.unknownModel(name) }
        guard ModelKinds.exportable.contains(row.kind) else { throw ExportFailure.notANetwork(row.kind) }
        let model = try loadModel(try await issuer.models.artifact(of: row, deadline: context.cutOff.instant))
        guard let network = model as? any ONNXExportable else { throw ExportFailure.notANetwork(row.kind) }
        let bytes = network.onnx(["model_id": row.id, "artifact_sha256": row.artifactSHA256, "fitted_as_of": "\(row.asOf)"])
        return ExportedModel(id: row.id, kind: row.kind, onnx: Data(bytes).base64EncodedString())
    }
}
