import LambdaRuntime
import Market
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction
@testable import IngestFunction

/// The archiving of manual overrides.
@Suite struct ReleaseEventTests {
    /// Thirty quiet days, one at twice the level, ten quiet ones.
    private static let csv = {
        let sessions = TradingCalendar.of(mic: "XNAS")!.sessions(from: SessionDate("2011-11-01")!, through: SessionDate("2011-12-30")!)
        let lines = sessions.enumerated().map { index, session in
            let level = (index == 30 ? 2 : 1) * (100 + Double(index * 7 % 5) / 10)
            return "\(session),\(level),\(level + 1),\(level - 1),\(level + 0.3),\(1000 + index)"
        }
        return (["date,open,high,low,close,volume"] + lines).joined(separator: "\\n")
    }()

    private func event(_ fields: String) -> String { #"{"time":"\#(IngestHarness.time)","release":{"symbol":"ACME",\#(fields)}}"# }

    @Test func `A quarantined bar is released with the reason`() async throws {
        let harness = try await IngestHarness { _, _, connection in connection.respond(404) }
        defer { harness.stop() }
        let imported = try await harness.run(
            #"{"time":"\#(IngestHarness.time)","import":{"provider":"csv","symbol":"ACME","exchange":"XNAS","body":"\#(Self.csv)"}}"#)
        let featurize = try await Featurize(harness.environment)
        let first = try await featurize.handle(.objects([try #require(imported.imported?.object)]), .init(deadline: .after(.seconds(60))))
        #expect(first.quarantined == 1)
        let session = "2011-12-14"
        for (fields, expected) in [
            (#""provider":"csv","sessions":["2011-12-13"],"reason":"seen""#, "is quarantined on 2011-12-13"),
            (#""provider":"csv","sessions":[],"reason":"seen""#, "sessions and a reason"),
            (#""provider":"csv","sessions":["\#(session)"],"reason":" ""#, "sessions and a reason"),
            (#""provider":"csw","sessions":["\#(session)"],"reason":"seen""#, "no provider \"csw\""),
            (#""provider":"csv","sessions":["\#(session)"],"reason":"seen","accepted":false"#, "was released on \(session)"),
        ] {
            let failure = await #expect(throws: QuarantineReleaseError.self) { try await harness.run(event(fields)) }
            #expect(failure?.description.contains(expected) == true, "\(failure.map { "\($0)" } ?? "")")
        }
        #expect(harness.rawKeys.count == 1)

        let released = try await harness.run(event(#""provider":"csv","sessions":["\#(session)"],"reason":"seen""#))
        let object = try #require(released.imported?.object)
        #expect(object.hasPrefix("raw/csv/manual-override/XNAS:ACME/2012-01-10/"))
        #expect(harness.bodies.contains(#"{"accepted":true,"reason":"seen","sessions":["\#(session)"]}"#))
        let summary = try await featurize.handle(.objects([object]), .init(deadline: .after(.seconds(60))))
        #expect(summary.bars == 1 && summary.quarantined == 0)
        let status = try await DataStatus(harness.database).entries(of: nil, asOf: Instant(IngestHarness.time)!)
        #expect(status.first { $0.instrument.id == "XNAS:ACME" }?.quarantined == 0)
    }
}
