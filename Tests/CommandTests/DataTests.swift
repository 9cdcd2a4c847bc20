import Foundation
import Testing

@testable import Command

/// What `bellwether data` makes of files and answers.
@Suite struct DataCommandTests {
    private let parts = [PriceFile.Part(symbol: "ACME", body: "a"), PriceFile.Part(symbol: "XNAS:BETA", body: "b")]

    @Test func `A symbol of a table is found by its id too`() throws {
        #expect(try DataImport.wanted(parts, of: "ACME").map(\.name) == ["ACME"])
        let acme = try #require(try DataImport.wanted(parts, of: "XNAS:ACME").first)
        #expect(acme.name == "XNAS:ACME" && acme.body == "a")
        #expect(try DataImport.wanted(parts, of: "XNAS:BETA").map(\.body) == ["b"])
        #expect(try DataImport.wanted(parts, of: nil).map(\.name) == ["ACME", "XNAS:BETA"])
        #expect(throws: CommandError.self) { try DataImport.wanted(parts, of: "GAMMA") }
        let whole = [PriceFile.Part(symbol: nil, body: "c")]
        #expect(try DataImport.wanted(whole, of: "GAMMA").map(\.body) == ["c"])
        #expect(throws: (any Error).self) { try DataImport.wanted(whole, of: nil) }
        for symbol in [nil, "ACME"] {
            #expect(
                #expect(throws: CommandError.self) { try DataImport.wanted([], of: symbol) }?.description.contains("no line below") == true)
        }
    }

    @Test func `What counts is the event as it is sent`() throws {
        // Each line's end is two bytes in JSON.
        let lines = String(repeating: "\n", count: DataImport.largestEvent / 2)
        try DataImport.check(["import": ["body": String(lines.dropLast(100))]], of: "ACME")
        let failure = #expect(throws: CommandError.self) { try DataImport.check(["import": ["body": lines]], of: "ACME") }
        #expect(failure?.description.contains("ACME makes an event of") == true)
    }

    @Test func `An action without a bar is a line of its own`() throws {
        let text = #"""
            {"instrument": "XNAS:A", "currency": "USD", "as_of": "2012-01-11T23:00:00Z", "provisional": [],
             "bars": [{"session": "2012-01-05", "open": 1, "high": 3, "low": 1, "close": 2.5, "volume": 9, "source": "csv"},
                      {"session": "2012-01-09", "open": 1, "high": 3, "low": 1, "close": 2, "volume": 9, "source": "csv"}],
             "actions": [{"ex_date": "2012-01-06", "kind": "dividend", "value": 0.5, "nature": "special"},
                         {"ex_date": "2012-01-09", "kind": "split", "value": 2}]}
            """#
        let document = try JSONDecoder().decode(DataShow.Document.self, from: Data(text.utf8))
        let finding = QuarantineEntry(
            session: "2012-01-10", rule: "gap", disposition: "quarantined", detail: "d", repairs: "", provider: "csv")
        let rows = DataShow.table(document, [finding], .none).rows
        #expect(rows.map(\.first) == ["2012-01-05", "2012-01-06", "2012-01-09", "2012-01-10"])
        #expect(rows.map(\.last) == ["", "special dividend 0.5", "split 2.0", "quarantined: gap (d)"])
        #expect(DataShow.table(document, [], .total).rows[0][4] == "2.5000" && rows[0][4] == "2.5")
    }
}
