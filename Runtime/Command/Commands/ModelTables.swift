import Foundation

/// `GET /v1/models` as text tables.
struct ModelTables {
    private struct Document: Decodable {
        struct Family: Decodable {
            let role, family, version: String
            let since, reason: String?
            let review: Review?
            let calibrationFactors: [String: Double]

            private enum CodingKeys: String, CodingKey {
                case role, family, version, since, reason, review, calibrationFactors = "calibration_factors"
            }
        }

        struct Review: Decodable {
            let decision, asOf: String

            private enum CodingKeys: String, CodingKey { case decision, asOf = "as_of" }
        }

        struct Promotion: Decodable {
            let version, decidedAsOf, reason: String

            private enum CodingKeys: String, CodingKey { case version, decidedAsOf = "decided_as_of", reason }
        }

        struct Version: Decodable {
            let id, family, asOf, windowFrom, windowTo, dataVersion, codeVersion, featureVersion, artifact, artifactSHA256: String
            let roles: [String]
            let seed: Int64
            let metrics: [String: Double]

            private enum CodingKeys: String, CodingKey {
                case id, family, asOf = "as_of", windowFrom = "window_from", windowTo = "window_to", dataVersion = "data_version"
                case codeVersion = "code_version", featureVersion = "feature_version", artifact, artifactSHA256 = "artifact_sha256", roles
                case seed, metrics
            }
        }

        let families: [Family]
        let promotions: [Promotion]
        let versions: [Version]
    }

    private let body: Data
    private let document: Document

    init(_ body: Data) throws {
        self.body = body
        do { document = try JSONDecoder().decode(Document.self, from: body) } catch {
            throw CommandError("the list of models has an unexpected shape", error)
        }
    }

    func printList() {
        guard !document.versions.isEmpty else { return Console.output("No model has been trained yet: bellwether invoke Train") }
        var families = TextTable(header: [
            "role", "family", "version", "calibration at \(DemoPlan.horizons.map(String.init).joined(separator: ", "))",
            "since or last review",
        ])
        for family in document.families {
            let factors = DemoPlan.horizons.map { family.calibrationFactors["\($0)"].map { Console.fixed($0, 2) } ?? "–" }.joined(
                separator: " ")
            let review = family.review.map { "\($0.asOf): \($0.decision == "not_promoted" ? "not promoted" : $0.decision)" }
            let why = family.since.map { "\($0): \(family.reason ?? "")" } ?? review ?? ""
            families.rows.append([family.role, family.family, family.version, factors, why])
        }
        for line in families.lines { Console.output(line) }
        Console.output("")
        var promotions = TextTable(header: ["champion", "from", "reason"])
        for promotion in document.promotions { promotions.rows.append([promotion.version, promotion.decidedAsOf, promotion.reason]) }
        for line in promotions.lines { Console.output(line) }
        Console.output("")
        var versions = TextTable(header: ["version", "as of", "data through", "role"])
        for version in document.versions {
            versions.rows.append([version.id, version.asOf, version.windowTo, version.roles.joined(separator: ", ")])
        }
        for line in versions.lines { Console.output(line) }
    }

    /// Prints one version.
    ///
    /// - Parameter name: a version's id, or a family for its latest version.
    func print(_ name: String) throws {
        let version = try find(name)
        let properties = [
            ("Model", version.id), ("Family", version.family),
            ("Role", version.roles.isEmpty ? "none" : version.roles.joined(separator: ", ")),
            ("Trained as of", version.asOf), ("Data", "\(version.windowFrom) to \(version.windowTo), version \(version.dataVersion)"),
            ("Features", version.featureVersion), ("Code", version.codeVersion), ("Seed", "\(version.seed)"),
            ("Artifact", "\(version.artifact), SHA-256 \(version.artifactSHA256)"),
        ]
        let width = properties.map(\.0.count).max() ?? 0
        for (name, value) in properties { Console.output(name + String(repeating: " ", count: width + 2 - name.count) + value) }
        Console.output("")
        var metrics = TextTable(header: ["training metric", "value"])
        for (name, value) in version.metrics.sorted(by: { $0.key < $1.key }) {
            metrics.rows.append([name, value == value.rounded() ? "\(Int(value))" : Console.fixed(value, 5)])
        }
        for line in metrics.lines { Console.output(line) }
        if version.metrics.keys.contains(where: { $0.hasPrefix("validation_") }) {
            Console.output("The validation metrics are optimistic: they chose the number of training rounds.")
        }
    }

    func json(of name: String) throws -> String {
        let id = try find(name).id
        let document = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        let version = (document?["versions"] as? [[String: Any]])?.first { $0["id"] as? String == id } ?? [:]
        return String(
            decoding: try JSONSerialization.data(withJSONObject: version, options: [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
    }

    private func find(_ name: String) throws -> Document.Version {
        guard let version = document.versions.first(where: { $0.id == name }) ?? document.versions.first(where: { $0.family == name })
        else {
            let families = Set(document.versions.map(\.family)).sorted().joined(separator: ", ")
            throw CommandError(
                "there is no model “\(name)”; name a version's id or one of the families \(families); `bellwether models list` shows them")
        }
        return version
    }
}
