import Formats
import Foundation
import Market
import Testing

@testable import IngestFunction

@Suite struct IngestEventTests {
    private func event(_ json: String) throws -> IngestEvent { try JSONDecoder().decode(IngestEvent.self, from: Data(json.utf8)) }

    @Test func `A scheduled event has an exchange and a time`() throws {
        let time = try #require(Instant("2012-01-03T23:30:00Z"))
        #expect(try event(#"{"exchange":"XNAS","time":"2012-01-03T23:30:00Z"}"#) == .scheduled(exchange: "XNAS", time: time))
    }

    @Test func `A direct event has symbols and optionally a first session`() throws {
        let time = try #require(Instant("2012-01-03T23:30:00Z"))
        let from = try #require(SessionDate("2000-01-01"))
        #expect(
            try event(#"{"symbols":["AAPL"],"from":"2000-01-01","time":"2012-01-03T23:30:00Z"}"#)
                == .direct(symbols: ["AAPL"], exchange: nil, from: from, provider: nil, time: time))
    }

    @Test func `A slice belongs to its run whatever its other fields are`() throws {
        #expect(
            try event(#"{"run":"XNAS/x","instruments":["XNAS:AAPL"],"exchange":"XNAS"}"#)
                == .slice(run: "XNAS/x", instruments: ["XNAS:AAPL"], from: nil, provider: nil))
    }

    @Test(arguments: ["{}", #"{"exchange":"XNAS"}"#, #"{"symbols":["A"],"time":"yesterday"}"#, #"{"time":"2012-01-03T23:30:00Z"}"#])
    func `An event without business time or subject is an error`(_ json: String) {
        #expect(throws: DecodingError.self) { try event(json) }
    }

    @Test(arguments: [
        #"{"cross_check":[],"weeks":9223372036854775807,"time":"2012-01-14T11:00:00Z"}"#,
        #"{"cross_check":[],"weeks":0,"time":"2012-01-14T11:00:00Z"}"#, #"{"cross_check":[],"weeks":5201,"time":"2012-01-14T11:00:00Z"}"#,
        #"{"run":"XNAS/x","instruments":[],"idle_invocations":9223372036854775807}"#,
        #"{"run":"XNAS/x","instruments":[],"idle_invocations":-1}"#,
    ])
    func `A number that no event has is an error`(_ json: String) {
        #expect(throws: DecodingError.self) { try event(json) }
    }

    /// A misspelled `last_session` would otherwise revoke the delisting.
    @Test(arguments: [
        (#""reference_data":{"delistings":[{"instrument":"XNAS:FB","lastSession":"2022-10-27"}]}"#, "lastSession"),
        (#""reference_data":{"delisting":[]}"#, "delisting"),
        (#""release":{"symbol":"A","provider":"yahoo","sessions":["2012-01-03"],"reason":"","counts":false}"#, "counts"),
    ])
    func `A misspelled field is an error that names it`(_ fields: String, _ name: String) {
        let error = #expect(throws: UnknownMember.self) { try event("{\(fields),\"time\":\"2022-11-01T12:00:00Z\"}") }
        #expect(error?.name == name)
    }
}

@Suite struct UniverseTests {
    @Test func `An entry has a symbol an exchange and optionally a currency`() throws {
        let instruments = try IngestSettings.instruments("AAPL:XNAS, IBM:XNYS:USD")
        #expect(instruments.map(\.id) == ["XNAS:AAPL", "XNYS:IBM"])
        #expect(instruments.map(\.currency) == ["USD", "USD"])
        #expect(try IngestSettings.instruments("").isEmpty)
    }

    @Test(arguments: ["AAPL", "AAPL:NOWHERE", ":XNAS", "A:XNAS:USD:more"])
    func `The error names an invalid entry`(_ entry: String) {
        let error = #expect(throws: IngestSettings.Failure.self) { try IngestSettings.instruments(entry) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(entry))
    }
}
