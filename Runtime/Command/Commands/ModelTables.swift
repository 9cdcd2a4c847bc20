import Foundation

/// `GET /v1/models` as text.
struct ModelTables {
    private struct Document: Decodable {
        struct Slot: Decodable {
            let role, family, model: String
            let since, reason: String?
            let review: Look?
            let spreadFactors: [String: Double]

            private enum CodingKeys: String, CodingKey {
                case role, family = "kind", model, since, reason, review, spreadFactors = "spread_factors"
            }
        }

        struct Look: Decodable {
            let verdict, asOf: String

            private enum CodingKeys: String, CodingKey { case verdict, asOf = "as_of" }
        }

        struct Decision: Decodable {
            let model, decidedAsOf, reason: String

            private enum CodingKeys: String, CodingKey { case model, decidedAsOf = "decided_as_of", reason }
        }

        struct Entry: Decodable {
            let id, family, asOf, windowFrom, windowTo, dataVersion, codeVersion, featureVersion, artifact, artifactSHA256: String
            let roles: [String]
            let seed: Int64
            let metrics: [String: Double]

            private enum CodingKeys: String, CodingKey {
                case id, family = "kind", asOf = "as_of", windowFrom = "window_from", windowTo = "window_to", dataVersion = "data_version"
                case codeVersion = "code_version", featureVersion = "feature_version", artifact, artifactSHA256 = "artifact_sha256", roles
                case seed, metrics
            }
        }

        let slots: [Slot]
        let promotions: [Decision]
        let models: [Entry]
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
        guard !document.models.isEmpty else { return Console.output("No model has been trained yet: bellwether invoke Train") }
        var slots = TextTable(header: ["part", "kind", "model", "spread at 1, 5, 20", "since or last review"])
        for slot in document.slots {
            let factors = [1, 5, 20].map { slot.spreadFactors["\($0)"].map { Console.fixed($0, 2) } ?? "–" }.joined(separator: " ")
            let why = slot.since.map { "\($0): \(slot.reason ?? "")" } ?? slot.review.map { "\($0.asOf): \($0.verdict)" } ?? ""
            slots.rows.append([slot.role, slot.family, slot.model, factors, why])
        }
        for line in slots.lines { Console.output(line) }
        Console.output("")
        var decisions = TextTable(header: ["champion", "from", "why"])
        for decision in document.promotions { decisions.rows.append([decision.model, decision.decidedAsOf, decision.reason]) }
        for line in decisions.lines { Console.output(line) }
        Console.output("")
        var fits = TextTable(header: ["fit", "as of", "data through", "part"])
        for entry in document.models { fits.rows.append([entry.id, entry.asOf, entry.windowTo, entry.roles.joined(separator: ", ")]) }
        for line in fits.lines { Console.output(line) }
    }

    func print(_ name: String) throws {
        let entry = try find(name)
        let facts = [
            ("Model", entry.id), ("Kind", entry.family), ("Part", entry.roles.isEmpty ? "none" : entry.roles.joined(separator: ", ")),
            ("Fitted as of", entry.asOf), ("Data", "\(entry.windowFrom) to \(entry.windowTo), version \(entry.dataVersion)"),
            ("Features", entry.featureVersion), ("Code", entry.codeVersion), ("Seed", "\(entry.seed)"),
            ("Artifact", "\(entry.artifact), SHA-256 \(entry.artifactSHA256)"),
        ]
        let width = facts.map(\.0.count).max() ?? 0
        for (name, value) in facts { Console.output(name + String(repeating: " ", count: width + 2 - name.count) + value) }
        Console.output("")
        var metrics = TextTable(header: ["measured in training", "value"])
        for (name, value) in entry.metrics.sorted(by: { $0.key < $1.key }) {
            metrics.rows.append([name, value == value.rounded() ? "\(Int(value))" : Console.fixed(value, 5)])
        }
        for line in metrics.lines { Console.output(line) }
        if entry.metrics.keys.contains(where: { $0.hasPrefix("validation_") }) {
            Console.output("The validation figures flatter: the rounds were chosen by them.")
        }
    }

    func json(of name: String) throws -> String {
        let id = try find(name).id
        let whole = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        let entry = (whole?["models"] as? [[String: Any]])?.first { $0["id"] as? String == id } ?? [:]
        return String(
            decoding: try JSONSerialization.data(withJSONObject: entry, options: [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
    }

    /// By id, or a family's latest.
    private func find(_ name: String) throws -> Document.Entry {
        guard let entry = document.models.first(where: { $0.id == name }) ?? document.models.first(where: { $0.family == name }) else {
            let families = Set(document.models.map(\.family)).sorted().joined(separator: ", ")
            throw CommandError("there is no model “\(name)”; name an id or one of \(families); `bellwether models list` shows them")
        }
        return entry
    }
}
