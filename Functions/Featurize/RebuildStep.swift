import AWS
import Clients
import LambdaRuntime
import Logging
import Market
import Objects
import Postgres
import Store

/// One step of a rebuild of the derived tables. The caller sends the summary's `next` until it is absent.
package enum RebuildStep: Sendable, Equatable {
    /// Projects the archived responses again, instrument by instrument, after an instrument's id (empty: of all instruments).
    case instruments(after: String)
    /// Computes the cross-sections of every earlier computed instant again, from a cursor on (nil: all).
    case crossSections(from: CrossSectionBuilder.Cursor?)
}

extension RebuildStep: Codable {
    private enum CodingKeys: String, CodingKey { case rebuild, after, exchange, knownAt = "known_at" }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let step = try values.decode(String.self, forKey: .rebuild)
        switch step {
        case "instruments": self = .instruments(after: try values.decodeIfPresent(String.self, forKey: .after) ?? "")
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
                forKey: .rebuild, in: values, debugDescription: "\"\(step)\" is no step: write instruments or cross-sections")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .instruments(let after):
            try values.encode("instruments", forKey: .rebuild)
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
        case .instruments(let after):
            let folders = try await archive.folders(deadline: context.cutOff.instant)
            if after.isEmpty {
                for key in folders.others where ResponseKey(key) == nil {
                    try await skip(key, "the key is none of the response archive", &summary, context)
                }
            }
            let projected = try await ProviderResponses(database).instruments()
            for id in Set(folders.prefixes.keys).union(projected).sorted() where id > after {
                try await rebuild(id, in: folders.prefixes[id] ?? [], &summary, context)
                guard .now < end else {
                    summary.next = .instruments(after: id)
                    return
                }
            }
            summary.next = .crossSections(from: nil)
        case .crossSections(let cursor):
            let builder = CrossSectionBuilder(database: database, store: projector.store)
            for begin in try await CrossSections.firstInstants(in: projector.store)
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

    /// The largest number of bytes of one instrument's responses that stay in memory between their check and their projection.
    private static let heldBytes = 200 << 20

    /// Replaces one instrument's rows by a projection of its responses.
    ///
    /// All responses are read before anything changes. If one of them is missing or damaged and its rows stand in the tables, the rows of the
    /// instrument stay as they are. A response that never was projected is left out, and the others are projected.
    private func rebuild(_ id: String, in folders: [String], _ summary: inout FeaturizeSummary, _ context: Context) async throws {
        let deadline = context.cutOff.instant
        let responses = ProviderResponses(database)
        guard let instrument = try await Instruments(database).find(id: id) else {
            for folder in folders {
                for key in try await archive.keys(in: folder, deadline: deadline) {
                    try await skip(key, "\(UnknownOrigin.instrument(key: key))", &summary, context)
                }
            }
            return
        }
        var keys: [String] = []
        for folder in folders { keys += try await archive.keys(in: folder, deadline: deadline) }
        let standing = Set(try await responses.list(about: id).map(\.key))
        var unreadable: [String: String] = [:]
        for key in standing.subtracting(keys) { unreadable[key] = "the object is missing" }
        var found: [ProviderResponse] = []
        var held: [String: ArchivedResponse] = [:]
        var bytes = 0
        for key in keys {
            do throws(any Error) {
                let archived = try await archive.get(key, deadline: deadline)
                found.append(ProviderResponse(archived, about: id))
                bytes += archived.body.count
                if bytes <= Self.heldBytes { held[key] = archived }
            } catch  where FailureScope(error) == .object {
                unreadable[key] = "\(error)"
            }
        }
        try await QuarantinedObjects(database).setReadable(found.map(\.key))
        for (key, reason) in unreadable.sorted(by: { $0.key < $1.key }) {
            try await skip(key, reason, rowsStay: standing.contains(key), &summary, context)
        }
        if let key = unreadable.keys.filter(standing.contains).min() {
            summary.unchanged[id] = "its rows stay as they are, because \(key) cannot be read"
            return
        }
        let (archive, kept) = (archive, held)
        while true {
            do {
                let counts = try await projector.replace(instrument, by: found.sorted()) { key in
                    if let archived = kept[key] { archived } else { try await archive.get(key, deadline: deadline) }
                }
                summary.add(counts)
                return
            } catch let error as UnprojectableResponse {
                try await skip(error.key, error.reason, rowsStay: standing.contains(error.key), &summary, context)
                guard !standing.contains(error.key) else {
                    summary.unchanged[id] = "its rows stay as they are, because \(error.key) cannot be projected"
                    return
                }
                guard let index = found.firstIndex(where: { $0.key == error.key }) else {
                    summary.unchanged[id] =
                        "its rows stay as they are, because \(error.key) came during the rebuild and cannot be projected"
                    return
                }
                found.remove(at: index)
            }
        }
    }

    /// Records an object that a rebuild cannot project. If it was projected before, its rows stay.
    private func skip(
        _ key: String, _ reason: String, rowsStay: Bool = false, _ summary: inout FeaturizeSummary, _ context: Context
    ) async throws {
        context.logger.error("An object cannot be projected", metadata: ["object": "\(key)", "reason": "\(reason)"])
        try await QuarantinedObjects(database).insert(key, instrument: ResponseKey(key)?.instrument, reason: reason, rowsStay: rowsStay)
        summary.skipped[key] = reason
    }
}
