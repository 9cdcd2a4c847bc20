import Clients
import FeaturizeFunction
import Foundation
import LambdaRuntime
import Market
import Postgres
import Store
import Synchronization
import TestSupport
import Testing

@testable import IngestFunction

/// Ingest and Featurize together, between a provider, an S3 and a Postgres that fail on the wire: nothing is lost or duplicated,
/// and the next run continues.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct FaultTests {
    static let next = #"{"exchange":"XNAS","time":"2012-01-11T23:30:00Z"}"#

    /// Projects every raw object, and retries failures as Lambda retries S3's events.
    private func project(_ harness: IngestHarness, attempts: Int = 5) async throws {
        let featurize = try await Featurize(harness.environment)
        for key in harness.rawKeys {
            for attempt in 1...attempts {
                do {
                    _ = try await featurize.handle(.objects([key]), Context(deadline: .after(.seconds(30))))
                    break
                } catch {
                    guard attempt < attempts else { throw error }
                }
            }
        }
    }

    /// Whether each symbol has one raw object, one projection and one bar per session, and no API key is stored anywhere.
    private func isComplete(_ harness: IngestHarness, symbols: Int = 1, bars: Int = 2) async throws -> Bool {
        let counts = try await harness.database.query(
            "SELECT (SELECT count(*) FROM provider_responses), (SELECT count(*) FROM bars), (SELECT count(DISTINCT (instrument, session)) FROM bars)"
        )[0]
        let expected: [Int] = [symbols, symbols * bars, symbols * bars]
        guard [try counts[0], try counts[1], try counts[2]] == expected else { return false }
        let tables = try await harness.database.query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .all { row throws(PostgresError) in try row[0] as String }
        for table in tables {
            guard try await harness.database.query("SELECT FROM \(table) t WHERE t::text LIKE '%SECRET77%'").count == 0 else {
                return false
            }
        }
        return !(harness.objects + harness.bodies + harness.archivedHeaders).joined().contains("SECRET77")
    }

    @Test(arguments: Misbehaviour.allCases)
    func `A provider that fails on the wire is recorded and the next run continues`(_ fault: Misbehaviour) async throws {
        let isHealthy = Mutex(false)
        let harness = try await IngestHarness(providers: "alphavantage") { _, _, connection in
            isHealthy.withLock { $0 } ? connection.respond(body: Array(IngestHarness.csv.utf8)) : fault.respond(on: connection)
        }
        defer { harness.stop() }
        let failed = try await harness.run()
        #expect(failed.stored.isEmpty && failed.failed.keys.sorted() == ["AAPL"] && harness.rawKeys.isEmpty)
        let error = try await harness.database.query("SELECT error FROM run_responses")[0][0] as String
        #expect(error.contains("alphavantage: ") && !error.contains("SECRET77"))
        isHealthy.withLock { $0 = true }
        let next = try await harness.run(Self.next)
        #expect(next.stored == ["AAPL"] && next.failed.isEmpty)
        try await project(harness)
        try await project(harness)
        #expect(try await isComplete(harness))
        #expect(try await Runs(harness.database).progress("XNAS/2012-01-11T23:30:00Z")?.isComplete == true)
    }

    @Test func `One poisoned symbol fails alone`() async throws {
        let universe = (1...6).map { "T\($0):XNAS" }.joined(separator: ",")
        let harness = try await IngestHarness(universe: universe, providers: "alphavantage") { line, _, connection in
            switch line {
            // A control byte that no request to S3 can contain.
            case _ where line.contains("symbol=T1&"):
                connection.respond(headers: ["Content-Type: text/\u{1}csv"], body: Array(IngestHarness.csv.utf8))
            case _ where line.contains("symbol=T2&"):
                connection.respond(body: Array(#"{"Error Message": "no \u0000 symbol"}"#.utf8))
            default: connection.respond(body: Array(IngestHarness.csv.utf8))
            }
        }
        defer { harness.stop() }
        let summary = try await harness.run()
        #expect(summary.stored == ["T1", "T3", "T4", "T5", "T6"] && summary.failed.keys.sorted() == ["T2"])
        #expect(try await harness.database.query("SELECT count(*) FROM run_responses")[0][0] as Int == 6)
        await #expect(throws: IngestError.self) {
            _ = try await harness.run(#"{"symbols":["A\u0000B"],"exchange":"XNAS","time":"2012-01-10T23:30:00Z"}"#)
        }
    }

    @Test func `An event dated in the far future is refused and blocks no reference data`() async throws {
        let harness = try await IngestHarness { _, _, connection in connection.respond(404) }
        defer { harness.stop() }
        for event in [
            #"{"exchange":"XNAS","time":"9999-01-04T23:30:00Z"}"#, #"{"symbols":["AAPL"],"time":"9999-01-04T23:30:00Z"}"#,
            #"{"time":"9999-01-04T23:30:00Z","reference_data":{"closures":[{"exchange":"XNYS","day":"2025-01-09","reason":"r"}]}}"#,
        ] {
            await #expect(throws: EventTime.InTheFuture.self) { _ = try await harness.run(event) }
        }
        let closure = #"{"exchange":"XNYS","day":"2012-01-20","reason":"r"}"#
        #expect(try await harness.run(#"{"time":"2012-01-10T12:00:00Z","reference_data":{"closures":[\#(closure)]}}"#).referenceData == 1)
    }

    @Test func `Reference data is checked when no cross-section can be computed any more`() async throws {
        let harness = try await IngestHarness { _, _, connection in connection.respond(404) }
        defer { harness.stop() }
        _ = try await harness.run(#"{"exchange":"XNAS","time":"2012-01-09T23:30:00Z"}"#, within: 15)
        let rival = try TestSupport.database(named: try await harness.database.query("SELECT current_database()::text")[0][0])
        let observer = try TestSupport.database(named: try await harness.database.query("SELECT current_database()::text")[0][0])
        let sections = CrossSections(FeatureStore(rival, version: "f1", crossWidth: 1), exchange: "XNAS")
        let update = try await rival.transaction {
            try await sections.lock()
            let update = Task {
                let closure = #"{"exchange":"XNAS","day":"2012-01-20","reason":"r"}"#
                return try await harness.run(#"{"time":"2012-01-10T12:00:00Z","reference_data":{"closures":[\#(closure)]}}"#)
            }
            let waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            for _ in 0..<1000 where try await observer.query(waiting).count == 0 { try await Task.sleep(for: .milliseconds(5)) }
            try await sections.finish(Instant("2012-01-10T23:30:00Z")!)
            return update
        }
        await #expect(throws: IngestError.self) { _ = try await update.value }
    }

    @Test func `A symbol taken out of the settings leaves the next run`() async throws {
        let harness = try await IngestHarness(universe: "A:XNAS,B:XNAS", providers: "alphavantage") { _, _, connection in
            connection.respond(body: Array(IngestHarness.csv.utf8))
        }
        defer { harness.stop() }
        #expect(try await harness.run().expected == 2)
        var environment = harness.environment
        environment["UNIVERSE"] = "A:XNAS"
        let event = try JSONDecoder().decode(IngestEvent.self, from: Data(Self.next.utf8))
        let summary = try await Ingest(environment).handle(event, Context(deadline: .after(.seconds(30))))
        #expect(summary.expected == 1 && summary.stored == ["A"])
    }

    @Test func `A provider that hangs costs one invocation and no data`() async throws {
        let isHealthy = Mutex(false)
        let harness = try await IngestHarness(providers: "alphavantage") { _, _, connection in
            guard isHealthy.withLock({ $0 }) else { return Thread.sleep(forTimeInterval: 60) }
            connection.respond(body: Array(IngestHarness.csv.utf8))
        }
        defer { harness.stop() }
        let short = try await harness.run(within: 9)
        #expect(short.failed.isEmpty && short.continuations == 1 && harness.requests.count == 1 && harness.objects.isEmpty)
        isHealthy.withLock { $0 = true }
        #expect(try await harness.run(Self.next).stored == ["AAPL"])
        try await project(harness)
        #expect(try await isComplete(harness))
    }

    @Test func `The last error of a provider that then hangs is recorded`() async throws {
        let harness = try await IngestHarness(providers: "alphavantage") { _, count, connection in
            count == 0 ? connection.respond(500) : Thread.sleep(forTimeInterval: 60)
        }
        defer { harness.stop() }
        let summary = try await harness.run(within: 9)
        #expect(summary.failed == ["AAPL": "server-error"] && summary.continuations == 0 && harness.requests.count == 2, "\(summary)")
    }

    @Test func `A provider with an untrusted certificate fails`() async throws {
        let harness = try await IngestHarness(providers: "alphavantage") { _, _, connection in
            connection.respond(body: Array(IngestHarness.csv.utf8))
        }
        defer { harness.stop() }
        // The test cluster's certificate, which Ingest does not trust.
        let folder = PostgresCluster.shared.folder + "/tls"
        let port = FreePorts.take(1)[0]
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/openssl")
        server.arguments = [
            "s_server", "-accept", "127.0.0.1:\(port)", "-cert", folder + "/server.pem", "-key", folder + "/server.key", "-www", "-quiet",
        ]
        server.standardInput = FileHandle.nullDevice
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        defer { kill(server.processIdentifier, SIGKILL) }
        var environment = harness.environment
        environment["PROVIDER_OPTIONS"] =
            #"{"alphavantage":{"kind":"daily-adjusted","base_url":"https://127.0.0.1:\#(port)","per_minute":60000}}"#
        let stranger = try await Ingest(environment)
        let event = try JSONDecoder().decode(IngestEvent.self, from: Data(#"{"exchange":"XNAS","time":"2012-01-10T23:30:00Z"}"#.utf8))
        let failed = try await stranger.handle(event, Context(deadline: .after(.seconds(60))))
        #expect(failed.failed.keys.sorted() == ["AAPL"] && harness.objects.isEmpty)
        #expect((try await harness.database.query("SELECT error FROM run_responses")[0][0] as String).contains("tls"))
        #expect(try await harness.run(Self.next).stored == ["AAPL"])
        try await project(harness)
        #expect(try await isComplete(harness))
    }

    /// A failure of S3.
    enum S3Failure: String, CaseIterable, Sendable {
        case slowDown, internalError, errorInside, halfBody, silence

        func respond(on connection: LoopbackServer.Connection) {
            switch self {
            case .slowDown: connection.respond(503, body: Array("<Error><Code>SlowDown</Code></Error>".utf8))
            case .internalError: connection.respond(500)
            case .errorInside: connection.respond(200, body: Array("<Error><Code>InternalError</Code></Error>".utf8))
            case .halfBody: Misbehaviour.halfBody.respond(on: connection)
            case .silence: Misbehaviour.silence.respond(on: connection)
            }
        }
    }

    @Test(arguments: S3Failure.allCases)
    func `An S3 that fails every other request stores each response once`(_ failure: S3Failure) async throws {
        let harness = try await IngestHarness(
            universe: "A:XNAS,B:XNAS", providers: "alphavantage",
            fault: { count, connection in
                guard count % 2 == 0 else { return false }
                failure.respond(on: connection)
                return true
            }
        ) { line, _, connection in
            // Different bytes for each symbol, so that each has an object of its own.
            connection.respond(body: Array((IngestHarness.csv + (line.contains("symbol=A") ? "" : "\r\n")).utf8))
        }
        defer { harness.stop() }
        for _ in 0..<4 {
            if let summary = try? await harness.run(), summary.stored.count + summary.unchanged.count == 2 { break }
        }
        #expect(harness.rawKeys.count == 2)
        try await project(harness)
        #expect(try await isComplete(harness, symbols: 2))
        #expect(try await Runs(harness.database).progress("XNAS/\(IngestHarness.time)")?.isComplete == true)
    }

    @Test func `A Postgres that restarts during a run and its projection loses nothing`() async throws {
        let universe = (1...6).map { "T\($0):XNAS" }.joined(separator: ",")
        let harness = try await IngestHarness(universe: universe, providers: "alphavantage") { line, _, connection in
            Thread.sleep(forTimeInterval: 0.05)
            connection.respond(body: Array(IngestHarness.csv.utf8))
        }
        defer { harness.stop() }
        let restarts = Task.detached {
            for _ in 0..<3 {
                PostgresCluster.shared.control("-m immediate restart")
                try await Task.sleep(for: .milliseconds(150))
            }
        }
        for _ in 0..<20 {
            if let summary = try? await harness.run(), summary.stored.count + summary.unchanged.count == 6 { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let during = Task.detached { PostgresCluster.shared.control("-m fast restart") }
        try await project(harness, attempts: 20)
        try await restarts.value
        await during.value
        try await project(harness)
        #expect(harness.rawKeys.count == 6)
        #expect(try await isComplete(harness, symbols: 6))
        #expect(try await Runs(harness.database).progress("XNAS/\(IngestHarness.time)")?.isComplete == true)
    }
}
