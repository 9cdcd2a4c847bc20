import Foundation
package import HTTPServer

/// Sees to it that every object that is put becomes an event, whoever put it.
///
/// The S3 server tells of each change through a webhook, nearly in order, but only from memory: what it could not tell before it
/// or the emulator ended is found by listing. `settle` puts sentinels and waits until the webhook tells of them, so that all
/// objects before them have been told too; when one does not come in time, the listing decides.
package actor ObjectNotifications: QuiescenceSource {
    package enum Trouble: Error, Sendable, CustomStringConvertible {
        case unreachable(String)

        package var description: String {
            switch self {
            case .unreachable(let reason): "the S3 server could not be asked for its objects: \(reason)"
            }
        }
    }

    private let events: ObjectEvents
    private let store: any ObjectStore
    private let invoker: any FunctionInvoker
    private let token: String
    /// How long a sentinel may take.
    private let patience: Duration
    /// How long the S3 server may be away before `settle` gives up.
    private let endurance: Duration

    /// Objects may have been put of which the webhook never told.
    private var isIncomplete = true { didSet { if isIncomplete { doubts += 1 } } }
    /// Somebody looks until nothing is in doubt any more.
    private var isLooking = false
    /// How often something was known to be missing.
    private var doubts = 0
    private var generation: String?
    private let sentinelPrefix = "sentinel/" + UUID().uuidString.lowercased() + "-"
    private var sentinels = 0
    private var waiting: [String: CheckedContinuation<Bool, Never>] = [:]
    /// Sentinels of which the webhook told before anyone waited.
    private var early: Set<String> = []

    /// - Parameter token: What the webhook's `Authorization: Bearer` must say.
    package init(
        _ notifications: [BucketNotification], store: any ObjectStore, invoker: any FunctionInvoker, token: String,
        patience: Duration = .seconds(5), endurance: Duration = .seconds(60)
    ) {
        events = ObjectEvents(notifications: notifications)
        self.store = store
        self.invoker = invoker
        self.token = token
        self.patience = patience
        self.endurance = endurance
    }

    /// The webhook's endpoint, `POST /hook`.
    package nonisolated var route: Route {
        Route("POST", "/hook") { await self.receive($0) }
    }

    /// Looks for what was put while nobody listened. Call it once the machine accepts events.
    package func start() { lookSoon(after: .zero) }

    /// Says that the S3 server was away, so that its objects are listed.
    package func serverRestarted() { lookSoon(after: .zero) }

    private func lookSoon(after delay: Duration) {
        isIncomplete = true
        guard !isLooking else { return }
        isLooking = true
        Task { [weak self] in
            try? await Task.sleep(for: delay)
            while let self, await !self.isFound() { try? await Task.sleep(for: .seconds(1)) }
        }
    }

    /// Looks once; false when it has to be done again.
    private func isFound() async -> Bool {
        if isIncomplete { try? await quiesce() }
        if !isIncomplete { isLooking = false }
        return !isIncomplete
    }

    package func receive(_ request: ServerRequest) async -> ServerResponse {
        guard request.header("authorization") == "Bearer \(token)" else { return ServerResponse(status: 401) }
        guard let change = FilerChange.read(request.body) else { return ServerResponse(status: 400) }
        guard let object = change.createdObject else { return ServerResponse(status: 200) }
        if object.key.hasPrefix(sentinelPrefix) {
            if let waiter = waiting.removeValue(forKey: object.key) { waiter.resume(returning: true) } else { early.insert(object.key) }
            return ServerResponse(status: 200)
        }
        let events = events.events(for: object)
        do {
            if !events.isEmpty { try await invoker.accept(events) }
            return ServerResponse(status: 200)
        } catch {
            lookSoon(after: .seconds(1))
            return ServerResponse(status: 503)
        }
    }

    package func quiesce() async throws {
        guard !events.notifications.isEmpty else { return }
        let end = ContinuousClock.now + endurance
        var pause = Duration.milliseconds(20)
        while true {
            do {
                if try await isTold() { return }
                try await catchUp()
                return
            } catch {
                isIncomplete = true
                guard !(error is CancellationError), ContinuousClock.now + pause < end else { throw Trouble.unreachable("\(error)") }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(1))
            }
        }
    }

    /// Whether the webhook has told of everything that was put before this call. The server tells of one change at a time, but lets one
    /// overtake others that wait with it: those that waited with the first sentinel are told before the second is put in line.
    private func isTold() async throws -> Bool {
        for _ in 0..<2 {
            guard !isIncomplete, try await store.generation() == generation, try await isSentinelTold() else { return false }
        }
        return try await store.generation() == generation && !isIncomplete
    }

    private func isSentinelTold() async throws -> Bool {
        sentinels += 1
        let key = sentinelPrefix + String(sentinels)
        async let arrival = arrival(of: key)
        do {
            try await store.putSentinel(key)
        } catch {
            waiting.removeValue(forKey: key)?.resume(returning: false)
            _ = await arrival
            throw error
        }
        let arrived = await arrival
        Task { [store] in try? await store.removeSentinel(key) }
        return arrived
    }

    private func arrival(of key: String) async -> Bool {
        guard early.remove(key) == nil else { return true }
        let timeout = Task {
            try await Task.sleep(for: patience)
            waiting.removeValue(forKey: key)?.resume(returning: false)
        }
        defer { timeout.cancel() }
        return await withCheckedContinuation { waiting[key] = $0 }
    }

    /// Only a finished listing is trusted, and only when nothing came into doubt meanwhile.
    /// Accepts every object that there is; the machine drops those it has accepted before.
    private func catchUp() async throws {
        let (seen, fresh) = (doubts, try await store.generation())
        for place in events.places {
            let objects = try await store.objects(bucket: place.bucket, prefix: place.prefix).sorted(by: Self.isEarlier)
            var batch: [AsyncEvent] = []
            for (index, object) in objects.enumerated() {
                batch += events.events(for: object)
                guard batch.count >= 500 || index == objects.count - 1, !batch.isEmpty else { continue }
                try await invoker.accept(batch)
                batch = []
            }
        }
        generation = fresh
        if doubts == seen { isIncomplete = false }
    }

    private static func isEarlier(_ one: StoredObject, _ other: StoredObject) -> Bool {
        (one.modified, one.key, one.versionID ?? "") < (other.modified, other.key, other.versionID ?? "")
    }
}
