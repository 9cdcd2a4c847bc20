import AWS
import Foundation
package import HTTPServer

/// Turns every new object into events, once the S3 server has stored it.
///
/// The S3 server posts each change to a webhook, nearly in order, but has unposted changes only in memory. Changes that it could not
/// post before it or the emulator ended are found by listing the objects. `quiesce` puts sentinel objects and waits until the webhook
/// receives them, so that all objects before them have been received too; when a sentinel is late, the objects are listed.
package actor ObjectNotifications: QuiescenceSource {
    /// The S3 server did not respond in time.
    package struct UnreachableStoreError: Error, CustomStringConvertible {
        let reason: String
        package var description: String { "the objects of the S3 server could not be listed: \(reason)" }
    }

    private let events: ObjectEvents
    private let store: any ObjectStore
    private let invoker: any FunctionInvoker
    private let token: String
    private let sentinelTimeout: Duration
    /// How long the S3 server may be unreachable before `quiesce` throws.
    private let unreachableLimit: Duration

    /// The webhook may have missed objects.
    private var mayBeIncomplete = true { didSet { if mayBeIncomplete { missCount += 1 } } }
    /// A task lists objects until none can be missing.
    private var isListing = false
    /// How often changes were known to be missed.
    private var missCount = 0
    private var generation: String?
    private let sentinelPrefix = "sentinel/" + UUID().uuidString.lowercased() + "-"
    private var sentinelCount = 0
    private var waiting: [String: CheckedContinuation<Bool, Never>] = [:]
    /// Sentinels that the webhook received before `quiesce` waited for them.
    private var earlySentinels: Set<String> = []

    /// - Parameter token: the token that the webhook's requests have to send in `Authorization: Bearer`.
    package init(
        _ notifications: [BucketNotification], store: any ObjectStore, invoker: any FunctionInvoker, token: String,
        sentinelTimeout: Duration = .seconds(5), unreachableLimit: Duration = .seconds(60)
    ) {
        events = ObjectEvents(notifications: notifications)
        self.store = store
        self.invoker = invoker
        self.token = token
        self.sentinelTimeout = sentinelTimeout
        self.unreachableLimit = unreachableLimit
    }

    /// The webhook, `POST /hook`.
    package nonisolated var route: ControlRoute {
        ControlRoute("POST", "/hook", authentication: .handler) { await self.receive($0) }
    }

    /// Lists the objects that were put while the emulator was stopped. Call this once events are accepted.
    package func start() { scheduleListing(after: .zero) }

    /// Lists the objects again after a restart of the S3 server.
    package func serverRestarted() { scheduleListing(after: .zero) }

    private func scheduleListing(after delay: Duration) {
        mayBeIncomplete = true
        guard !isListing else { return }
        isListing = true
        Task { [weak self] in
            try? await Task.sleep(for: delay)
            while let self, await !self.listOnce() { try? await Task.sleep(for: .seconds(1)) }
        }
    }

    /// Returns false when the objects have to be listed again.
    private func listOnce() async -> Bool {
        if mayBeIncomplete { try? await quiesce() }
        if !mayBeIncomplete { isListing = false }
        return !mayBeIncomplete
    }

    /// Handles a request of the webhook.
    package func receive(_ request: ServerRequest) async -> ServerResponse {
        let sent = Array((request.header("authorization") ?? "").utf8)
        guard Digest.areEqual(sent, Array("Bearer \(token)".utf8)) else { return ServerResponse(status: 401) }
        guard let change = FilerChange.read(request.body) else { return ServerResponse(status: 400) }
        guard let object = change.createdObject else { return ServerResponse(status: 200) }
        if object.key.hasPrefix(sentinelPrefix) {
            if let waiter = waiting.removeValue(forKey: object.key) {
                waiter.resume(returning: true)
            } else {
                earlySentinels.insert(object.key)
            }
            return ServerResponse(status: 200)
        }
        let events = events.events(for: object)
        do {
            if !events.isEmpty { try await invoker.accept(events) }
            return ServerResponse(status: 200)
        } catch {
            scheduleListing(after: .seconds(1))
            return ServerResponse(status: 503)
        }
    }

    package func quiesce() async throws {
        guard !events.notifications.isEmpty else { return }
        let end = ContinuousClock.now + unreachableLimit
        var pause = Duration.milliseconds(20)
        while true {
            do {
                if try await isWebhookComplete() { return }
                try await acceptListedObjects()
                return
            } catch {
                mayBeIncomplete = true
                guard !(error is CancellationError), ContinuousClock.now + pause < end else {
                    throw UnreachableStoreError(reason: "\(error)")
                }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(1))
            }
        }
    }

    /// Whether the webhook has received every object that was put before this call.
    ///
    /// The server posts one change at a time, but a change may overtake others that wait with it: changes that waited with the first
    /// sentinel are posted before the second one is queued.
    private func isWebhookComplete() async throws -> Bool {
        for _ in 0..<2 {
            guard !mayBeIncomplete, try await store.generation() == generation, try await isSentinelReceived() else { return false }
        }
        return try await store.generation() == generation && !mayBeIncomplete
    }

    private func isSentinelReceived() async throws -> Bool {
        sentinelCount += 1
        let key = sentinelPrefix + String(sentinelCount)
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
        guard earlySentinels.remove(key) == nil else { return true }
        let timeout = Task {
            try await Task.sleep(for: sentinelTimeout)
            waiting.removeValue(forKey: key)?.resume(returning: false)
        }
        defer { timeout.cancel() }
        return await withCheckedContinuation { waiting[key] = $0 }
    }

    /// Accepts the events of all listed objects; events that were accepted before are ignored. The listing counts as complete only if no
    /// change was missed meanwhile.
    private func acceptListedObjects() async throws {
        let (misses, listedGeneration) = (missCount, try await store.generation())
        for listing in events.listings {
            let objects = try await store.objects(bucket: listing.bucket, prefix: listing.prefix).sorted(by: Self.isEarlier)
            var batch: [AsyncEvent] = []
            for (index, object) in objects.enumerated() {
                batch += events.events(for: object)
                guard batch.count >= 500 || index == objects.count - 1, !batch.isEmpty else { continue }
                try await invoker.accept(batch)
                batch = []
            }
        }
        generation = listedGeneration
        if missCount == misses { mayBeIncomplete = false }
    }

    private static func isEarlier(_ one: StoredObject, _ other: StoredObject) -> Bool {
        (one.modified, one.key, one.versionID ?? "") < (other.modified, other.key, other.versionID ?? "")
    }
}
