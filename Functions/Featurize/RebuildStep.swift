import AWS
import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store

/// One step of a rebuild of the derived tables. The caller sends the summary's `next` until it is absent.
package enum RebuildStep: Sendable, Equatable {
    /// Empties the derived tables.
    case clear
    /// Projects the archived responses after a key (empty: all responses).
    case objects(after: String)
    /// Computes the cross-sections of every earlier computed instant again, from a cursor on (nil: all).
    case crossSections(from: CrossSectionBuilder.Cursor?)
}

extension RebuildStep: Codable {
    private enum CodingKeys: String, CodingKey { case rebuild, after, exchange, knownAt = "known_at" }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let step = try values.decode(String.self, forKey: .rebuild)
        switch step {
        case "clear": self = .clear
        case "objects": self = .objects(after: try values.decodeIfPresent(String.self, forKey: .after) ?? "")
        case "cross-sections":
            guard let exchange = try values.decodeIfPresent(String.self, forKey: .exchange) else {
                self = .crossSections(from: nil)
                return
            }
            self = .crossSections(
                from: CrossSectionBuilder.Cursor(
                    exchange: exchange, knownAt: try values.decode(Instant.self, forKey: .knownAt),
                    after: try values.decodeIfPresent(SessionDate.self, forKey: .after)))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .rebuild, in: values, debugDescription: "\"\(step)\" is no step: write clear, objects or cross-sections")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .clear: try values.encode("clear", forKey: .rebuild)
        case .objects(let after):
            try values.encode("objects", forKey: .rebuild)
            try values.encode(after, forKey: .after)
        case .crossSections(let cursor):
            try values.encode("cross-sections", forKey: .rebuild)
            try values.encodeIfPresent(cursor?.exchange, forKey: .exchange)
            try values.encodeIfPresent(cursor?.knownAt, forKey: .knownAt)
            try values.encodeIfPresent(cursor?.after, forKey: .after)
        }
    }
}

extension Featurize {
    /// Runs one step until `end` (by default until half of the invocation's time has passed) and puts the next step into the summary.
    func rebuild(
        _ step: RebuildStep, until end: ContinuousClock.Instant? = nil, _ summary: inout FeaturizeSummary, _ context: Context
    ) async throws {
        let end = end ?? .now + (context.cutOff.instant - .now) / 2
        switch step {
        case .clear:
            try await DerivedTables(database).clear()
            summary.next = .objects(after: "")
        case .objects(let after):
            var listing = archive.list(startAfter: after.isEmpty ? nil : after).makeAsyncIterator()
            while let object = try await listing.next() {
                do {
                    _ = try await project(object.key, &summary, context)
                } catch let failure as Failure where failure.isAboutOneObject {
                    context.logger.warning(
                        "An object was skipped", metadata: ["object": "\(object.key)", "reason": "\(failure)"])
                    summary.skipped[object.key] = failure.description
                }
                guard .now < end else {
                    summary.next = .objects(after: object.key)
                    return
                }
            }
            summary.next = .crossSections(from: nil)
        case .crossSections(let cursor):
            let builder = CrossSectionBuilder(database: database, store: projector.store)
            for begin in try await DerivedTables(database).firstCrossSections(version: projector.store.version)
            where cursor.map({ $0.exchange <= begin.exchange }) ?? true {
                let (written, remaining) = try await builder.update(
                    begin.exchange, asOf: begin.knownAt, from: cursor?.exchange == begin.exchange ? cursor : nil, until: end)
                summary.crossSectionRows += written
                guard let remaining else { continue }
                summary.next = .crossSections(from: remaining)
                return
            }
        }
    }
}
