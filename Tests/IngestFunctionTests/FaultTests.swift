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

/// Ingest and Featurize together, between a provider, an S3 and a Postgres that fail on the wire: nothing is lost, nothing is there twice,
/// and the next run goes on.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct FaultTests {
    static let next = #"{"exchange":"XNAS","time":"2012-01-11T23:30:00Z"}"#

    /// Featurize takes in every raw object until it has them all; what fails comes again, as S3's events do.
    private func fold(_ exchange: Exchange, attempts: Int = 5) async throws {
        let featurize = try await Featurize(exchange.environment)
        for key in exchange.rawKeys {
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

    /// One raw object, one fold and one bar a session of each symbol, and no key anywhere.
    private func isWhole(_ exchange: Exchange, symbols: Int = 1, bars: Int = 2) async throws -> Bool {
        let counts = try await exchange.database.query(
            "SELECT (SELECT count(*) FROM provider_responses), (SELECT count(*) FROM bars), (SELECT count(DISTINCT (instrument_id, session)) FROM bars)"
        )[0]
        let expected: [Int] = [symbols, symbols * bars, symbols * bars]
        guard [try counts[0], try counts[1], try counts[2]] == expected else { return false }
        let tables = try await exchange.database.query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .all { row throws(PostgresError) in try row[0] as String }
        for table in tables {
            guard try await exchange.database.query("SELECT FROM \(table) t WHERE t::text LIKE '%SECRET77%'").count == 0 else {
                return false
            }
        }
        return !(exchange.objects + exchange.bodies + exchange.keptHeaders).joined().contains("SECRET77")
    }

    @Test(arguments: Misbehaviour.allCases)
    func `A provider that fails on the wire is named and the next run goes on`(_ fault: Misbehaviour) async throws {
        let isWell = Mutex(false)
        let exchange = try await Exchange(providers: "alphavantage") { _, _, connection in
            isWell.withLock { $0 } ? connection.answer(body: Array(Exchange.csv.utf8)) : fault.answer(connection)
        }
        defer { exchange.stop() }
        let failed = try await exchange.run()
        #expect(failed.stored.isEmpty && failed.failed.keys.sorted() == ["AAPL"] && exchange.rawKeys.isEmpty)
        let refusal = try await exchange.database.query("SELECT error FROM run_responses")[0][0] as String
        #expect(refusal.contains("alphavantage: ") && !refusal.contains("SECRET77"))
        isWell.withLock { $0 = true }
        let mended = try await exchange.run(Self.next)
        #expect(mended.stored == ["AAPL"] && mended.failed.isEmpty)
        try await fold(exchange)
        try await fold(exchange)
        #expect(try await isWhole(exchange))
        #expect(try await Runs(exchange.database).progress("XNAS/2012-01-11T23:30:00Z")?.isComplete == true)
    }

    @Test func `A provider that hangs costs the invocation and nothing else`() async throws {
        let isWell = Mutex(false)
        let exchange = try await Exchange(providers: "alphavantage") { _, _, connection in
            guard isWell.withLock({ $0 }) else { return Thread.sleep(forTimeInterval: 60) }
            connection.answer(body: Array(Exchange.csv.utf8))
        }
        defer { exchange.stop() }
        let short = try await exchange.run(within: 9)
        #expect(short.failed.isEmpty && short.continuations == 1 && exchange.asked.count == 1 && exchange.objects.isEmpty)
        isWell.withLock { $0 = true }
        #expect(try await exchange.run(Self.next).stored == ["AAPL"])
        try await fold(exchange)
        #expect(try await isWhole(exchange))
    }

    @Test func `What a provider said before it hung is kept`() async throws {
        let exchange = try await Exchange(providers: "alphavantage") { _, count, connection in
            count == 0 ? connection.answer(500) : Thread.sleep(forTimeInterval: 60)
        }
        defer { exchange.stop() }
        let summary = try await exchange.run(within: 9)
        #expect(summary.failed == ["AAPL": "server-error"] && summary.continuations == 0 && exchange.asked.count == 2, "\(summary)")
    }

    @Test func `A provider with a foreign certificate is no provider`() async throws {
        let exchange = try await Exchange(providers: "alphavantage") { _, _, connection in connection.answer(body: Array(Exchange.csv.utf8))
        }
        defer { exchange.stop() }
        // The test cluster's certificate, which nobody has told Ingest to trust.
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
        var environment = exchange.environment
        environment["PROVIDER_OPTIONS"] =
            #"{"alphavantage":{"kind":"daily-adjusted","base_url":"https://127.0.0.1:\#(port)","per_minute":60000}}"#
        let stranger = try await Ingest(environment)
        let event = try JSONDecoder().decode(IngestEvent.self, from: Data(#"{"exchange":"XNAS","time":"2012-01-10T23:30:00Z"}"#.utf8))
        let failed = try await stranger.handle(event, Context(deadline: .after(.seconds(60))))
        #expect(failed.failed.keys.sorted() == ["AAPL"] && exchange.objects.isEmpty)
        #expect((try await exchange.database.query("SELECT error FROM run_responses")[0][0] as String).contains("tls"))
        #expect(try await exchange.run(Self.next).stored == ["AAPL"])
        try await fold(exchange)
        #expect(try await isWhole(exchange))
    }

    /// What S3 says instead of doing what it is asked.
    enum Stumble: String, CaseIterable, Sendable {
        case slowDown, internalError, errorInside, halfBody, silence

        func answer(_ connection: LoopbackServer.Connection) {
            switch self {
            case .slowDown: connection.answer(503, body: Array("<Error><Code>SlowDown</Code></Error>".utf8))
            case .internalError: connection.answer(500)
            case .errorInside: connection.answer(200, body: Array("<Error><Code>InternalError</Code></Error>".utf8))
            case .halfBody: Misbehaviour.halfBody.answer(connection)
            case .silence: Misbehaviour.silence.answer(connection)
            }
        }
    }

    @Test(arguments: Stumble.allCases)
    func `An S3 that stumbles at every other request keeps everything once`(_ stumble: Stumble) async throws {
        let exchange = try await Exchange(
            universe: "A:XNAS,B:XNAS", providers: "alphavantage",
            fault: { count, connection in
                guard count % 2 == 0 else { return false }
                stumble.answer(connection)
                return true
            }
        ) { line, _, connection in
            // No two symbols' bytes are the same object.
            connection.answer(body: Array((Exchange.csv + (line.contains("symbol=A") ? "" : "\r\n")).utf8))
        }
        defer { exchange.stop() }
        for _ in 0..<4 {
            if let summary = try? await exchange.run(), summary.stored.count + summary.unchanged.count == 2 { break }
        }
        #expect(exchange.rawKeys.count == 2)
        try await fold(exchange)
        #expect(try await isWhole(exchange, symbols: 2))
        #expect(try await Runs(exchange.database).progress("XNAS/\(Exchange.time)")?.isComplete == true)
    }

    @Test func `A Postgres that restarts during a run and its folds loses nothing`() async throws {
        let universe = (1...6).map { "T\($0):XNAS" }.joined(separator: ",")
        let exchange = try await Exchange(universe: universe, providers: "alphavantage") { line, _, connection in
            Thread.sleep(forTimeInterval: 0.05)
            connection.answer(body: Array(Exchange.csv.utf8))
        }
        defer { exchange.stop() }
        let restarts = Task.detached {
            for _ in 0..<3 {
                PostgresCluster.shared.control("-m immediate restart")
                try await Task.sleep(for: .milliseconds(150))
            }
        }
        for _ in 0..<20 {
            if let summary = try? await exchange.run(), summary.stored.count + summary.unchanged.count == 6 { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let during = Task.detached { PostgresCluster.shared.control("-m fast restart") }
        try await fold(exchange, attempts: 20)
        try await restarts.value
        await during.value
        try await fold(exchange)
        #expect(exchange.rawKeys.count == 6)
        #expect(try await isWhole(exchange, symbols: 6))
        #expect(try await Runs(exchange.database).progress("XNAS/\(Exchange.time)")?.isComplete == true)
    }
}
