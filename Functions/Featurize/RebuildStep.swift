import AWS
import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store

/// One invocation's part in deriving everything anew; the caller goes on with the summary's `next` until there is none.
package enum RebuildStep: Sendable, Equatable {
    /// Takes away everything that is derived.
    case clear
    /// Folds the raw responses after a key (empty: all).
    case objects(after: String)
    /// Makes the cross-sections again, as known at each instant at which they were made; from a place on, or all.
    case crossSections(from: CrossSectionBuilder.Cursor?)
}

extension RebuildStep: Codable {
    private enum Key: String, CodingKey { case rebuild, after, exchange, knownAt }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
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
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .clear: try values.encode("clear", forKey: .rebuild)
        case .objects(let after):
            try values.encode("objects", forKey: .rebuild)
            try values.encode(after, forKey: .after)
        case .crossSections(let place):
            try values.encode("cross-sections", forKey: .rebuild)
            try values.encodeIfPresent(place?.exchange, forKey: .exchange)
            try values.encodeIfPresent(place?.knownAt, forKey: .knownAt)
            try values.encodeIfPresent(place?.after, forKey: .after)
        }
    }
}

extension Featurize {
    /// Works until `end`, by default until half of the invocation's time is gone; what is left is the caller's next step.
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
                    _ = try await foldObject(object.key, &summary, context)
                } catch let failure as Failure where failure.isAboutOneObject {
                    context.logger.warning("Skipped", metadata: ["object": "\(object.key)", "reason": "\(failure)"])
                    summary.skipped[object.key] = failure.description
                }
                guard .now < end else {
                    summary.next = .objects(after: object.key)
                    return
                }
            }
            summary.next = .crossSections(from: nil)
        case .crossSections(let place):
            let crossSection = CrossSectionBuilder(database: database, store: fold.store)
            for begin in try await DerivedTables(database).crossSections(version: fold.store.version)
            where place.map({ $0.exchange <= begin.exchange }) ?? true {
                let (written, rest) = try await crossSection.update(
                    begin.exchange, asOf: begin.knownAt, from: place?.exchange == begin.exchange ? place : nil, until: end)
                summary.crossSection += written
                guard let rest else { continue }
                summary.next = .crossSections(from: rest)
                return
            }
        }
    }
}
