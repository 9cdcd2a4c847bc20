import Store
import TestSupport
import Testing

@testable import IngestFunction

@Suite struct StatementCountTests {
    /// The statements of an evening's run over some instruments whose history is known.
    private func statements(_ universe: [String]) async throws -> [String] {
        let harness = try await IngestHarness(
            universe: universe.map { "\($0):XNAS" }.joined(separator: ","), providers: "yahoo",
            provide: { _, _, connection in connection.respond(body: Array(IngestHarness.chart.utf8)) })
        defer { harness.stop() }
        _ = try await harness.run()
        let log = StatementLog()
        let summary = try await log.recording { try await harness.run(#"{"exchange":"XNAS","time":"2012-01-11T23:30:00Z"}"#) }
        #expect(summary.stored.count + summary.unchanged.count == universe.count, "\(summary)")
        return log.statements
    }

    @Test func `Ingest sends at most four statements for each instrument`() async throws {
        let (one, five) = (try await statements(["AAPL"]), try await statements(["AAPL", "IBM", "KO", "MSFT", "PG"]))
        let each = Double(five.count - one.count) / 4
        #expect(each <= 4, "\(five.joined(separator: "\n---\n"))")
    }
}
