import Formats
import Market

/// The reason why bytes are not a usable model.
package enum ArtifactError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The length differs from the header's, or is too short for a header.
    case truncated
    /// The header is not the JSON of a safetensors file.
    case header(String)
    case unknownFamily(String)
    case missing(String)
    /// A tensor or a metadata value differs in shape from the model's.
    case mismatch(String)

    package var description: String {
        switch self {
        case .truncated: "the artifact is truncated or has additional bytes"
        case .header(let detail): "the artifact's header is invalid: \(detail)"
        case .unknownFamily(let family): "no model family \"\(family)\""
        case .missing(let name): "the artifact lacks \(name)"
        case .mismatch(let detail): "the artifact does not match the model: \(detail)"
        }
    }
}

/// The names of an artifact's metadata values.
package enum ArtifactKey {
    package static let family = "family", seed = "seed", cut = "training_cut", horizons = "horizons", levels = "quantiles"
    /// The day after the cut. Outcomes from that day on were not used in training, so they may calibrate the model's forecasts.
    package static let calibrationStart = "calibration_start"
    package static let featureVersion = "feature_version", inputs = "inputs", scaling = "scaling"
}

/// A stored model: named fp32 tensors and text, as a safetensors file.
package struct Artifact: Sendable, Hashable {
    /// A named array of fp32 values.
    package struct Tensor: Sendable, Hashable {
        package let name: String
        package let shape: [Int]
        /// Row-major.
        package let values: [Float]

        package init(name: String, shape: [Int], values: [Float]) {
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    package var metadata: [String: String]
    package var tensors: [Tensor]

    package init(metadata: [String: String], tensors: [Tensor]) {
        self.metadata = metadata
        self.tensors = tensors
    }

    /// The values of a tensor.
    ///
    /// - Throws: `ArtifactError` when the tensor is missing, has another shape, or has a value that is not finite.
    package func values(_ name: String, shape: [Int]) throws(ArtifactError) -> [Float] {
        guard let tensor = tensors.first(where: { $0.name == name }) else { throw .missing(name) }
        guard tensor.shape == shape, tensor.values.count == shape.checkedProduct() else {
            throw .mismatch("\(name) has shape \(tensor.shape) instead of \(shape)")
        }
        guard tensor.values.allSatisfy(\.isFinite) else { throw .mismatch("\(name) has a value that is not finite") }
        return tensor.values
    }

    /// A metadata value.
    ///
    /// - Throws: `ArtifactError.missing`.
    package func text(_ key: String) throws(ArtifactError) -> String {
        guard let value = metadata[key] else { throw .missing(key) }
        return value
    }

    /// The common metadata of all models.
    ///
    /// - Parameter cut: a session's date.
    static func header(family: String, seed: UInt64, cut: String) -> [String: String] {
        var header = [
            ArtifactKey.family: family, ArtifactKey.seed: String(seed), ArtifactKey.cut: cut,
            ArtifactKey.horizons: Quantiles.horizons.map(String.init).joined(separator: ","),
            ArtifactKey.levels: Quantiles.levels.map { "\($0)" }.joined(separator: ","),
        ]
        header[ArtifactKey.calibrationStart] = SessionDate(cut)?.advanced(by: 1).description
        return header
    }

    /// Checks that the artifact belongs to a family and has this build's grid of horizons and levels.
    func check(family: String) throws(ArtifactError) {
        let expected = Artifact.header(family: family, seed: 0, cut: "")
        for key in [ArtifactKey.family, ArtifactKey.horizons, ArtifactKey.levels] {
            let found = try text(key)
            guard found == expected[key] else { throw .mismatch("\(key) is \(found), this model has \(expected[key] ?? "")") }
        }
    }
}
