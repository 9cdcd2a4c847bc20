import Foundation
import LambdaRuntime
import Market
import Postgres
import Store
import Synchronization
import TestSupport
import Testing

@testable import AWS
@testable import FeaturizeFunction
@testable import Objects

/// An object that cannot be projected stops neither its run nor a rebuild.
@Suite struct QuarantinedObjectTests {
    static let instruments = (1...3).map(ResponseMarket.instrument)
    let evening: Instant
    let rows: [Int: [Row]]

    init() {
        let rows = Dictionary(uniqueKeysWithValues: (1...3).map { ($0, ResponseMarket.rows(60, seed: UInt64($0))) })
        self.rows = rows
        evening = ResponseMarket.evening(rows[1]![59].session)
    }

    /// An S3 with objects, over HTTP on loopback, which also takes events for functions.
    final class Cloud: Sendable {
        let objects = Mutex<[String: ArchivedResponse]>([:])
        let invoked = Mutex<[String]>([])

        func server() -> LoopbackServer {
            LoopbackServer.responding { [self] request, _, connection in
                let target = String(request.split(separator: " ", maxSplits: 2)[1])
                if target.hasPrefix("/2015-03-31/") {
                    invoked.withLock { $0.append(request.components(separatedBy: "\r\n\r\n").last ?? "") }
                    return connection.respond(202)
                }
                let url = URLComponents(string: target)
                if let prefix = url?.queryItems?.first(where: { $0.name == "prefix" })?.value {
                    let isFlat = url?.queryItems?.contains { $0.name == "delimiter" } != true
                    return connection.respond(body: Array(listing(prefix, isFlat: isFlat).utf8))
                }
                let key = (url?.path ?? "").split(separator: "/").dropFirst().joined(separator: "/")
                guard let object = objects.withLock({ $0[key] }) else {
                    return connection.respond(404, body: Array("<Error><Code>NoSuchKey</Code></Error>".utf8))
                }
                connection.respond(headers: object.metadata.headers.map { "x-amz-meta-\($0.key): \($0.value)" }, body: object.body)
            }
        }

        private func listing(_ prefix: String, isFlat: Bool) -> String {
            let keys = objects.withLock { $0.keys.filter { $0.hasPrefix(prefix) }.sorted() }
            let folders = keys.map { key in
                key.dropFirst(prefix.count).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            }
            let here = isFlat ? keys : zip(keys, folders).filter { $1.count == 1 }.map(\.0)
            let below = isFlat ? [] : Set(folders.filter { $0.count > 1 }.map { prefix + $0[0] + "/" }).sorted()
            return "<ListBucketResult>" + here.map { "<Contents><Key>\($0)</Key></Contents>" }.joined()
                + below.map { "<CommonPrefixes><Prefix>\($0)</Prefix></CommonPrefixes>" }.joined() + "</ListBucketResult>"
        }

        /// Stores a response under the key of its bytes and returns the key.
        @discardableResult
        func put(_ response: ArchivedResponse, body: [UInt8]? = nil) -> String {
            let body = body ?? response.body
            let key = ResponseKey(
                provider: response.key.provider, kind: response.key.kind, instrument: response.key.instrument, date: response.key.date,
                sha256: Digest.sha256Hex(body))
            objects.withLock {
                $0[key.description] = ArchivedResponse(key: key, metadata: response.metadata, body: body, versionId: nil)
            }
            return key.description
        }

        /// Changes one byte of a stored object.
        func damage(_ key: String) {
            objects.withLock { objects in
                guard let object = objects[key] else { return }
                var body = object.body
                body[body.count / 2] ^= 1
                objects[key] = ArchivedResponse(key: object.key, metadata: object.metadata, body: body, versionId: nil)
            }
        }
    }

    /// A market whose history and one evening are projected for each instrument. `keys` are the two keys of each instrument.
    private func market(_ cloud: Cloud, _ server: LoopbackServer) async throws -> (ProjectionHarness, Featurize, keys: [[String]]) {
        let harness = try await ProjectionHarness(Self.instruments)
        let featurize = try await harness.featurize(cloud: server.url)
        var keys: [[String]] = []
        for (number, instrument) in zip(1..., Self.instruments) {
            let rows = rows[number]!
            let history = ResponseMarket.response(rows[..<59], about: instrument, knownAt: ResponseMarket.evening(rows[58].session))
            keys.append([
                cloud.put(history), cloud.put(ResponseMarket.response(rows[49...], about: instrument, knownAt: evening)),
            ])
        }
        for key in keys.flatMap(\.self) { _ = try await featurize.handle(.objects([key]), Context()) }
        return (harness, featurize, keys)
    }

    private func rebuild(_ featurize: Featurize) async throws -> FeaturizeSummary {
        var all = FeaturizeSummary()
        var next: RebuildStep? = .instruments(after: "")
        while let step = next {
            let summary = try await featurize.handle(.rebuild(step), Context())
            all.add(summary)
            all.skipped.merge(summary.skipped) { $1 }
            all.unchanged.merge(summary.unchanged) { $1 }
            next = summary.next
        }
        return all
    }

    @Test func `A poisoned object is quarantined and its run is completed`() async throws {
        let cloud = Cloud()
        let server = cloud.server()
        defer { server.stop() }
        let harness = try await ProjectionHarness(Self.instruments)
        let featurize = try await harness.featurize(cloud: server.url)
        let good = cloud.put(ResponseMarket.response(rows[1]!, about: Self.instruments[0], knownAt: evening))
        // A NUL in the currency, which no table accepts.
        let chart = ResponseMarket.chart(rows[2]!, about: Self.instruments[1], knownAt: evening)
        let poisoned = cloud.put(
            chart, body: Array(String(decoding: chart.body, as: UTF8.self).replacing(#""USD""#, with: #""US\u0000""#).utf8))
        let damaged = cloud.put(ResponseMarket.response(rows[3]!, about: Self.instruments[2], knownAt: evening))
        cloud.damage(damaged)
        let runs = Runs(harness.database)
        try await runs.open(
            Run(id: "XNAS/r", exchange: "XNAS", asOf: evening, session: rows[1]![59].session, expected: Self.instruments.map(\.id)))
        for (key, instrument) in zip([good, poisoned, damaged], Self.instruments) {
            try await runs.recordResponses([key], of: instrument.id, in: "XNAS/r")
        }
        let stray = "raw/notes.txt"
        let summary = try await featurize.handle(.objects([stray, poisoned, damaged, good]), Context())
        #expect(summary.projected == 1 && Set(summary.skipped.keys) == [stray, poisoned, damaged])
        let listed = try await QuarantinedObjects(harness.database).list(limit: 9)
        #expect(listed.map(\.key) == [damaged, poisoned, stray].sorted())
        #expect(listed.first { $0.key == poisoned }?.reason.contains("22021") == true)
        #expect(listed.first { $0.key == damaged }?.reason.contains("do not match") == true)
        let progress = try #require(try await runs.progress("XNAS/r"))
        #expect(progress.isComplete && progress.projected == 1 && progress.failures.count == 2)
        #expect(cloud.invoked.withLock { $0 }.count == 1, "the run is finished")
        // The object is restored and its event is sent again.
        cloud.damage(damaged)
        #expect(try await featurize.handle(.objects([damaged]), Context()).projected == 1)
        #expect(try await QuarantinedObjects(harness.database).list(limit: 9).map(\.key) == [poisoned, stray].sorted())
        #expect(try await runs.progress("XNAS/r")?.projected == 2)
    }

    @Test func `A failure of the store fails the event and quarantines nothing`() async throws {
        let harness = try await ProjectionHarness(Self.instruments)
        let server = LoopbackServer.responding { _, _, connection in connection.respond(503) }
        defer { server.stop() }
        let featurize = try await harness.featurize(cloud: server.url)
        let key = ResponseMarket.response(rows[1]!, about: Self.instruments[0], knownAt: evening).key.description
        await #expect(throws: (any Error).self) {
            _ = try await featurize.handle(.objects([key]), Context(deadline: .after(.seconds(4))))
        }
        #expect(try await QuarantinedObjects(harness.database).list(limit: 9).isEmpty)
    }

    @Test func `A NUL in a date quarantines one row and keeps the others`() async throws {
        var harness = try await ProjectionHarness(Self.instruments)
        let response = ResponseMarket.response(rows[1]!, about: Self.instruments[0], knownAt: evening)
        let session = rows[1]![20].session.description
        let body = String(decoding: response.body, as: UTF8.self).replacing(session, with: session.dropLast() + "\u{0}")
        let summary = try await harness.add(
            ArchivedResponse(key: response.key, metadata: response.metadata, body: Array(body.utf8), versionId: nil))
        #expect(summary.bars == 59 && summary.quarantined >= 1)
        #expect(try await harness.count("SELECT count(*) FROM quarantine WHERE row_text LIKE '%␀%' OR detail LIKE '%␀%'") > 0)
    }

    @Test func `A rebuild keeps what stands for an object that is damaged or missing`() async throws {
        let cloud = Cloud()
        let server = cloud.server()
        defer { server.stop() }
        let (harness, featurize, keys) = try await market(cloud, server)
        let before = try await TableHash.all(in: harness.database)
        #expect(try await rebuild(featurize).projected == 6)
        #expect(try await TableHash.all(in: harness.database) == before)

        cloud.damage(keys[0][0])
        cloud.objects.withLock { _ = $0.removeValue(forKey: keys[1][1]) }
        let summary = try await rebuild(featurize)
        #expect(summary.projected == 2 && Set(summary.skipped.keys) == [keys[0][0], keys[1][1]])
        #expect(Set(summary.unchanged.keys) == Set(Self.instruments.prefix(2).map(\.id)))
        #expect(try await TableHash.all(in: harness.database) == before)
        let objects = QuarantinedObjects(harness.database)
        #expect(
            try await objects.list(limit: 9).map { "\($0.key) \($0.rowsStay)" } == ["\(keys[0][0]) true", "\(keys[1][1]) true"].sorted())
        // The objects are restored.
        cloud.damage(keys[0][0])
        cloud.put(ResponseMarket.response(rows[2]![49...], about: Self.instruments[1], knownAt: evening))
        #expect(try await rebuild(featurize).projected == 6)
        #expect(try await objects.list(limit: 9).isEmpty)
        #expect(try await TableHash.all(in: harness.database) == before)
    }

    @Test func `A rebuild of empty tables projects all that can be read`() async throws {
        let cloud = Cloud()
        let server = cloud.server()
        defer { server.stop() }
        let (harness, featurize, keys) = try await market(cloud, server)
        let before = try await TableHash.all(in: harness.database)
        try await harness.clear()
        #expect(try await rebuild(featurize).projected == 6)
        #expect(try await TableHash.all(in: harness.database) == before)
        try await harness.clear()
        cloud.damage(keys[0][1])
        cloud.objects.withLock { $0["raw/notes.txt"] = $0[keys[0][0]] }
        let summary = try await rebuild(featurize)
        #expect(summary.projected == 5 && Set(summary.skipped.keys) == [keys[0][1], "raw/notes.txt"] && summary.unchanged.isEmpty)
        #expect(
            try await harness.count("SELECT count(*) FROM bars b JOIN instruments i ON i.number = b.instrument WHERE i.id = 'XNAS:T1'")
                == 59)
    }

    @Test func `A rebuild projects each response once with two providers`() async throws {
        let cloud = Cloud()
        let server = cloud.server()
        defer { server.stop() }
        let harness = try await ProjectionHarness([Self.instruments[0]])
        let featurize = try await harness.featurize(cloud: server.url)
        let evenings = ProcessInfo.processInfo.environment["BELLWETHER_LONG_TESTS"] == nil ? 20 : 500
        let rows = ResponseMarket.rows(evenings + 40, seed: 1)
        for index in (rows.count - evenings)..<rows.count {
            let knownAt = ResponseMarket.evening(rows[index].session)
            let recent = rows[(index - 10)...index]
            for response in [
                ResponseMarket.response(recent, about: Self.instruments[0], knownAt: knownAt),
                ResponseMarket.chart(recent, about: Self.instruments[0], knownAt: knownAt.adding(seconds: 60)),
            ] {
                _ = try await featurize.handle(.objects([cloud.put(response)]), Context())
            }
        }
        let before = try await TableHash.all(in: harness.database)
        // The order of the keys would project all responses of one provider first.
        #expect(try await rebuild(featurize).projected == 2 * evenings)
        #expect(try await TableHash.all(in: harness.database) == before)
    }
}
