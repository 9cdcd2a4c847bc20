import AWS
import LambdaRuntime
import Logging
package import Market
import Objects
import Postgres
import Store

/// One invocation's part in deriving everything anew; the caller goes on with the summary's `next` until there is none.
package enum RebuildStep: Sendable, Equatable {
    /// Takes away everything that is derived.
    case clear
    /// Folds the raw answers after a key (empty: all).
    case objects(after: String)
    /// Makes the cross-sections again, as known after an instant (nil: ever).
    case crossSections(after: Instant?)
}

extension RebuildStep: Codable {
    private enum Key: String, CodingKey { case rebuild, after }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let step = try values.decode(String.self, forKey: .rebuild)
        switch step {
        case "clear": self = .clear
        case "objects": self = .objects(after: try values.decodeIfPresent(String.self, forKey: .after) ?? "")
        case "cross-sections": self = .crossSections(after: try values.decodeIfPresent(Instant.self, forKey: .after))
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
        case .crossSections(let after):
            try values.encode("cross-sections", forKey: .rebuild)
            try values.encodeIfPresent(after, forKey: .after)
        }
    }
}

extension Featurize {
    /// Works until half of the invocation's time is gone; what is left is the caller's next step.
    func rebuild(_ step: RebuildStep, _ summary: inout FeaturizeSummary, _ context: Context) async throws {
        let half = ContinuousClock.now + (context.cutOff.instant - .now) / 2
        switch step {
        case .clear:
            try await Derived(database).clear()
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
                guard .now < half else {
                    summary.next = .objects(after: object.key)
                    return
                }
            }
            summary.next = .crossSections(after: nil)
        case .crossSections(let after):
            let crossSection = CrossSection(database: database, store: fold.store)
            var made = try await Derived(database).crossSections(after: after, version: fold.store.version)[...]
            while let instant = made.first?.knownAt {
                while let part = made.first, part.knownAt == instant {
                    made.removeFirst()
                    let calendar = try await ExchangeCalendars(database).calendar(of: part.exchange, asOf: instant)
                    guard let calendar else { continue }
                    summary.crossSection += try await crossSection.make(part.sessions, part.exchange, calendar, asOf: instant).written
                }
                guard .now < half || made.isEmpty else {
                    summary.next = .crossSections(after: instant)
                    return
                }
            }
        }
    }
}
