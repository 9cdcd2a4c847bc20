import Foundation
import HTTPServer
import LambdaEvents
import Synchronization
import Testing

@testable import Emulator

/// Object notifications with a real S3 server.
@Suite(.enabled(if: !WebhookSeaweedServer.isMissing, "BELLWETHER_WEED names no S3 server"), .serialized)
struct NotificationsTests {
    static let rules = [BucketNotification(id: "New", bucket: "objects", function: "Featurize", prefix: "raw/")]

    /// The S3 server, the notifications and an invoker that records their events.
    final class Site: Sendable {
        let weed: WebhookSeaweedServer
        let invoker = RecordingInvoker()
        let notifications: ObjectNotifications
        let hookPort: Int
        private let hook = Mutex<HTTPListener?>(nil)

        /// Runs the body, stops the server and removes its folder.
        static func run(sentinelTimeout: Duration = .seconds(5), _ body: (Site) async throws -> Void) async throws {
            let site = try await Site(sentinelTimeout: sentinelTimeout)
            let result: Result<Void, any Error>
            do { result = .success(try await body(site)) } catch { result = .failure(error) }
            await site.hook.withLock { $0 }?.stop()
            site.weed.end()
            try result.get()
        }

        private init(sentinelTimeout: Duration) async throws {
            let first = try LoopbackPorts.free(1 + WebhookSeaweedServer.portCount)
            hookPort = first
            weed = try WebhookSeaweedServer(hook: hookPort, ports: Array(first + 1...first + WebhookSeaweedServer.portCount))
            notifications = ObjectNotifications(
                Self.rules, store: weed, invoker: invoker, token: "secret", sentinelTimeout: sentinelTimeout)
        }

        static var rules: [BucketNotification] { NotificationsTests.rules }

        func listen() async throws {
            let route = notifications.route
            let server = try await HTTPListener.start(
                port: hookPort,
                handler: ServerHandler(bodyLimit: 1 << 20, tooLargeResponse: ServerResponse(status: 413)) { await route.handle($0) })
            hook.withLock { $0 = server }
        }

        var keys: [String] {
            invoker.events.compactMap {
                try? JSONDecoder().decode(S3Event.self, from: Data($0.payload)).records.first?.s3.object.decodedKey
            }
        }
    }

    @Test func `Every put is one event with the object's key, size and version`() async throws {
        try await Site.run { site in
            try await site.listen()
            try await site.weed.start()
            try await site.weed.enableVersions()
            try await site.notifications.quiesce()
            try await site.weed.put("raw/A%20B%2BC/%C3%A9.json", "1234567")
            try await site.weed.put("raw/A%20B%2BC/%C3%A9.json", "1234567")
            try await site.weed.put("models/x", "no event")
            try await site.weed.put("raw/empty", "")
            _ = try await site.weed.http.call("DELETE", "/objects/raw/empty")
            try await site.notifications.quiesce()
            let events = site.invoker.events
            #expect(events.count == 3)
            #expect(Set(events.map(\.id)).count == 3 && events.allSatisfy { $0.function == "Featurize" })
            let record = try #require(try JSONDecoder().decode(S3Event.self, from: Data(events[0].payload)).records.first)
            let object = record.s3.object
            #expect(object.key == "raw/A+B%2BC/%C3%A9.json" && object.decodedKey == "raw/A B+C/é.json")
            #expect(object.eTag == "fcea920f7412b5da7be0cf42b8c93759" && object.size == 7)
            let version = try #require(object.versionId)
            #expect(events[0].id == "s3/objects/raw/A B+C/é.json/\(version)")
            #expect(record.eventName == "ObjectCreated:Put" && record.s3.bucket?.name == "objects" && record.s3.configurationId == "New")
            let second = try #require(try JSONDecoder().decode(S3Event.self, from: Data(events[1].payload)).records.first?.s3.object)
            #expect(try #require(object.sequencer) < (try #require(second.sequencer)))
            // The listing makes the same events.
            await site.notifications.serverRestarted()
            try await site.notifications.quiesce()
            #expect(site.invoker.events == events)
        }
    }

    @Test func `Quiesce waits for every earlier object under load`() async throws {
        try await Site.run { site in
            try await site.listen()
            try await site.weed.start()
            try await site.weed.enableVersions()
            try await site.notifications.quiesce()
            for round in 0..<5 {
                try await withThrowingTaskGroup { group in
                    for lane in 0..<8 {
                        group.addTask { for index in 0..<25 { try await site.weed.put("raw/\(round)/\(lane)-\(index)", "\(index)") } }
                    }
                    try await group.waitForAll()
                }
                try await site.notifications.quiesce()
                #expect(site.invoker.events.count == (round + 1) * 200)
            }
            let start = ContinuousClock.now
            for _ in 0..<50 { try await site.notifications.quiesce() }
            print("an idle settle takes \((ContinuousClock.now - start) / 50)")
        }
    }

    @Test func `Objects that were put while the webhook was down are found`() async throws {
        try await Site.run { site in
            try await site.weed.start()
            try await site.weed.enableVersions()
            for index in 0..<30 { try await site.weed.put("raw/\(index)") }
            try await site.weed.put("other/1")
            try await site.listen()
            try await site.notifications.quiesce()
            #expect(Set(site.keys) == Set((0..<30).map { "raw/\($0)" }))
            #expect(site.invoker.events.count == 30)
        }
    }

    @Test func `A killed server loses no object`() async throws {
        try await Site.run(sentinelTimeout: .seconds(1)) { site in
            try await site.listen()
            try await site.weed.start()
            try await site.weed.enableVersions()
            try await site.notifications.quiesce()
            for index in 0..<40 { try await site.weed.put("raw/\(index)") }
            site.weed.kill()
            async let settled: Void = site.notifications.quiesce()
            try await Task.sleep(for: .milliseconds(300))
            try await site.weed.start()
            try await settled
            #expect(Set(site.keys) == Set((0..<40).map { "raw/\($0)" }))
        }
    }

    @Test func `An event whose write failed is accepted later`() async throws {
        try await Site.run { site in
            try await site.listen()
            try await site.weed.start()
            try await site.notifications.quiesce()
            site.invoker.reject(next: 2)
            try await site.weed.put("raw/1")
            try await site.notifications.quiesce()
            #expect(site.keys == ["raw/1"])
        }
    }

    @Test func `Without versions new content is an event but new tags are not`() async throws {
        try await Site.run { site in
            try await site.listen()
            try await site.weed.start()
            try await site.notifications.quiesce()
            try await site.weed.put("raw/k", "one")
            try await site.weed.put("raw/k", "two")
            let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
            #expect(try await site.weed.http.call("PUT", "/objects/raw/k?tagging", body: Array(tags.utf8)).status == 200)
            try await site.notifications.quiesce()
            #expect(
                site.invoker.events.map(\.id) == [
                    "s3/objects/raw/k/f97c5d29941bfb1b2fdab0874906ab82", "s3/objects/raw/k/b8a9f715dbb64fd5c56e7783c6820a61",
                ])
            await site.notifications.serverRestarted()
            try await site.notifications.quiesce()
            #expect(site.invoker.events.count == 2)
        }
    }

    @Test func `An unreachable server is a clear error`() async throws {
        let first = try LoopbackPorts.free(WebhookSeaweedServer.portCount)
        let weed = try WebhookSeaweedServer(hook: 1, ports: Array(first..<first + WebhookSeaweedServer.portCount))
        defer { weed.end() }
        let notifications = ObjectNotifications(
            Self.rules, store: weed, invoker: RecordingInvoker(), token: "secret", unreachableLimit: .milliseconds(200))
        await #expect(throws: ObjectNotifications.UnreachableStoreError.self) { try await notifications.quiesce() }
    }
}
