import Foundation
import LambdaRuntime
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction
@testable import IngestFunction

/// Imports of files with prices.
@Suite struct ImportTests {
    private static let csv = "date,open,high,low,close,volume\n2012-01-05,10,11,9,10,100\n2012-01-06,10,11,9,10.5,100\n"
    private static let nasdaq = #","exchange":"XNAS""#

    private func harness() async throws -> IngestHarness {
        try await IngestHarness { _, _, connection in connection.respond(404) }
    }

    private func event(_ provider: String, _ body: String, symbol: String = "ACME", more: String = Self.nasdaq) throws -> String {
        let text = String(decoding: try JSONEncoder().encode(body), as: UTF8.self)
        return #"{"time":"\#(IngestHarness.time)","import":{"provider":"\#(provider)","symbol":"\#(symbol)","body":\#(text)\#(more)}}"#
    }

    @Test func `A file is archived once and registers its instrument`() async throws {
        let harness = try await harness()
        defer { harness.stop() }
        let event = try event("csv", Self.csv)
        let summary = try await harness.run(event)
        let imported = try #require(summary.imported)
        #expect(summary.stored == ["ACME"] && imported.instrument == "XNAS:ACME" && imported.bars == 2 && imported.unreadable == 0)
        #expect(harness.rawKeys == [imported.object] && imported.object.hasPrefix("raw/csv/daily/XNAS:ACME/2012-01-10/"))
        #expect(harness.bodies == [Self.csv])
        #expect(harness.archivedHeaders.contains { $0.lowercased().hasPrefix("x-amz-meta-as-of") && $0.contains("2012-01-10T23:30:00") })
        let again = try await harness.run(event)
        #expect(again.unchanged == ["ACME"] && again.imported?.object == imported.object && again.imported?.isNew == false)
        #expect(harness.rawKeys.count == 1 && harness.requests.isEmpty)
        #expect(try await Instruments(harness.database).find(symbol: "ACME")?.id == "XNAS:ACME")
        let run = try await harness.database.query(
            "SELECT r.id FROM run_responses i JOIN runs r ON r.number = i.run WHERE i.object_key = $1", [imported.object])
        #expect(run.count == 1)
    }

    @Test func `Imported files come after the providers in precedence`() async throws {
        let harness = try await harness()
        defer { harness.stop() }
        let object = try #require(try await harness.run(try event("csv", Self.csv)).imported?.object)
        let featurize = try await Featurize(harness.environment)
        let summary = try await featurize.handle(.objects([object]), .init(deadline: .after(.seconds(60))))
        #expect(summary.projected == 1 && summary.bars == 2 && summary.featureRows == 2)
        let acme = try #require(try await Instruments(harness.database).find(id: "XNAS:ACME"))
        let order = try SourcePrecedence("yahoo", defaultProvider: "yahoo").sources(for: acme)
        #expect(order == ["yahoo"] + SourcePrecedence.fileFormats)
    }

    @Test func `Prices of London are imported in pence`() async throws {
        let harness = try await harness()
        defer { harness.stop() }
        let object = try #require(try await harness.run(try event("csv", Self.csv, more: #","exchange":"XLON""#)).imported?.object)
        let featurize = try await Featurize(harness.environment)
        #expect(try await featurize.handle(.objects([object]), .init(deadline: .after(.seconds(60)))).bars == 2)
        #expect(try await Instruments(harness.database).find(symbol: "ACME")?.currency == "GBP")
        let bars = try await Bars(harness.database).read("XLON:ACME", .recorded(Instant(IngestHarness.time)!))
        #expect(bars.map(\.close.double) == [0.1, 0.105])
    }

    @Test func `Splits imported after adjusted prices restate them`() async throws {
        let harness = try await harness()
        defer { harness.stop() }
        let sessions = TradingCalendar.of(mic: "XNAS")!.sessions(from: SessionDate("2011-10-03")!, through: SessionDate("2011-12-30")!)
        let rows = sessions.enumerated().map { index, session in
            let level = 100 + Double(index * 7 % 5) / 10
            let prices = #""open":\#(level),"high":\#(level + 1),"low":\#(level - 1),"close":\#(level)"#
            return #"{"date":"\#(session)",\#(prices),"volume":\#(700 + index)}"#
        }
        let chart = "[" + rows.joined(separator: ",") + "]"
        let splits = #"[{"exDate":"\#(sessions[30])","toFactor":7,"fromFactor":1,"ratio":0.142857}]"#
        let featurize = try await Featurize(harness.environment)
        for (body, more) in [(chart, Self.nasdaq), (splits, #","exchange":"XNAS","kind":"splits""#)] {
            let object = try #require(try await harness.run(try event("iex", body, more: more)).imported?.object)
            _ = try await featurize.handle(.objects([object]), .init(deadline: .after(.seconds(60))))
        }
        let asOf = AsOf.recorded(Instant(IngestHarness.time)!)
        let bars = try await Bars(harness.database).read("XNAS:ACME", asOf)
        #expect(bars.count == sessions.count && bars[29].close.double > 690 && bars[30].close.double < 110)
        #expect(try await CorporateActions(harness.database).read("XNAS:ACME", asOf).map(\.exDate) == [sessions[30]])
        #expect(try await QuarantineLog(harness.database).entries(of: "XNAS:ACME", asOf: asOf.instant, limit: 9).isEmpty)
    }

    @Test func `Splits of an export apply to its prices`() async throws {
        let harness = try await harness()
        defer { harness.stop() }
        let chart =
            #"[{"date":"2012-01-05","uOpen":10,"uHigh":11,"uLow":9,"uClose":10,"uVolume":100,"open":5,"high":5.5,"low":4.5,"close":5,"volume":200},"#
            + #"{"date":"2012-01-06","uOpen":5,"uHigh":5.5,"uLow":4.5,"uClose":5,"uVolume":200,"open":5,"high":5.5,"low":4.5,"close":5,"volume":200}]"#
        let splits = #"[{"exDate":"2012-01-06","ratio":0.5,"fromFactor":1,"toFactor":2}]"#
        let featurize = try await Featurize(harness.environment)
        for (kind, body) in [("splits", splits), ("chart", chart)] {
            let summary = try await harness.run(try event("iex", body, more: Self.nasdaq + #","kind":"\#(kind)""#))
            let object = try #require(summary.imported?.object)
            #expect(object.hasPrefix("raw/iex/\(kind)/"))
            _ = try await featurize.handle(.objects([object]), Context(deadline: .after(.seconds(60))))
        }
        let series = try await ConsolidatedSeries(harness.database).read(
            "XNAS:ACME", .recorded(try #require(Instant(IngestHarness.time))), precedence: ["yahoo"] + SourcePrecedence.fileFormats,
            withoutActions: ["yahoo", "csv", "stooq"])
        #expect(series.bars.count == 2 && series.actions.map(\.exDate.description) == ["2012-01-06"])
        let rows = try await harness.database.query("SELECT count(*) FROM quarantine WHERE disposition = 'quarantined'")
        #expect(try rows[0][0] as Int == 0)
    }

    @Test(arguments: [
        ("csv", "when,price\n2012-01-05,10\n", nasdaq, "cannot be read as csv", true), ("csv", "", nasdaq, "empty", true),
        ("iex", "{", nasdaq, "cannot be read as iex", true), ("yahoo", "{}", nasdaq, #""yahoo" is no file format"#, false),
        ("csv", csv, "", #"the symbol "ACME" is unknown"#, false),
        ("csv", csv, #","exchange":"NOWHERE""#, #"no calendar for the exchange "NOWHERE""#, false),
        ("csv", csv, nasdaq + #","kind":"splits""#, #"csv has no kind "splits""#, false),
        ("iex", "[]", nasdaq + #","kind":"quote""#, #"iex has no kind "quote""#, false),
        ("iex", "[]", nasdaq + #","kind":"intraday""#, #"iex has no kind "intraday""#, false),
    ])
    func `A file that cannot be imported fails with the reason`(
        _ provider: String, _ body: String, _ more: String, _ reason: String, isArchived: Bool
    ) async throws {
        let harness = try await harness()
        defer { harness.stop() }
        do {
            _ = try await harness.run(try event(provider, body, more: more))
            Issue.record("it was imported")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
        #expect(harness.rawKeys.isEmpty)
        #expect(harness.objects.filter { $0.contains("/rejected/") }.count == (isArchived ? 1 : 0) && harness.objects.count <= 1)
        #expect(try await Instruments(harness.database).find(symbol: "ACME") == nil)
    }

    @Test func `An exchange is accepted for unknown symbols only`() async throws {
        let harness = try await IngestHarness(universe: "AAPL:XNAS,IBM:XNYS") { _, _, connection in connection.respond(404) }
        defer { harness.stop() }
        let instruments = Instruments(harness.database)
        for symbol in ["IBM", "XNYS:IBM"] {
            let failure = await #expect(throws: FileImportError.self) {
                _ = try await harness.run(try event("csv", Self.csv, symbol: symbol))
            }
            #expect(failure?.description.contains("XNYS:IBM, which is not on XNAS") == true)
        }
        #expect(try await instruments.find(id: "XNAS:IBM") == nil && harness.objects.isEmpty)
        #expect(try await harness.run(try event("csv", Self.csv, symbol: "XNYS:IBM", more: "")).imported?.instrument == "XNYS:IBM")
        #expect(try await harness.run(try event("csv", Self.csv, symbol: "AAPL")).imported?.instrument == "XNAS:AAPL")
        // A symbol with its exchange denotes that listing, whichever instrument has the symbol alone.
        try await instruments.register([Instrument(id: "XNAS:IBM", symbol: "IBM", exchange: "XNAS", currency: "USD", name: "Another")])
        #expect(try await harness.run(try event("csv", Self.csv, symbol: "IBM")).imported?.instrument == "XNAS:IBM")
    }

    @Test func `A new symbol does not include its exchange`() async throws {
        let harness = try await harness()
        defer { harness.stop() }
        #expect(try await harness.run(try event("csv", Self.csv, symbol: " XNAS:ACME ")).imported?.instrument == "XNAS:ACME")
        for symbol in [" ", "XNAS:", "XNYS:BETA", "A:B"] {
            let failure = await #expect(throws: FileImportError.self) {
                _ = try await harness.run(try event("csv", Self.csv, symbol: symbol))
            }
            #expect(failure?.description.contains("is no valid symbol") == true, "\(symbol)")
        }
        #expect(try await Instruments(harness.database).list().map(\.symbol) == ["AAPL", "ACME"])
    }

    @Test func `Rows quarantined before are counted again and provisional rows are reported`() async throws {
        let harness = try await harness()
        defer { harness.stop() }
        let featurize = try await Featurize(harness.environment)
        let body = Self.csv + "2012-01-09,10,9,11,-1,100\n2012-01-11,10,11,9,10.5,100\n"
        var keys: [String] = []
        for time in [IngestHarness.time, "2012-01-11T18:00:00Z"] {
            let summary = try await harness.run(try event("csv", body).replacing(IngestHarness.time, with: time))
            let imported = try #require(summary.imported)
            #expect(imported.bars == 2 && imported.provisional == 1 && imported.unreadable == 1)
            #expect(imported.from?.description == "2012-01-05" && imported.to?.description == "2012-01-11")
            keys.append(imported.object)
            _ = try await featurize.handle(.objects([imported.object]), Context(deadline: .after(.seconds(60))))
        }
        let (objects, log) = (ProviderResponses(harness.database), QuarantineLog(harness.database))
        for key in keys { #expect(try await objects.find(key)?.counts.quarantined == 1) }
        #expect(try await !log.violations(ofResponse: keys[0]).isEmpty)
        #expect(try await log.violations(ofResponse: keys[1]).isEmpty)
        let again = try #require(try await objects.find(keys[1]))
        #expect(again.counts.bars == 0)
        let standing = try await log.entries(
            of: "XNAS:ACME", source: "csv", from: again.response.knownAt.utcDate.advanced(by: -6), to: again.response.knownAt.utcDate,
            asOf: again.response.knownAt, limit: 9)
        #expect(!standing.isEmpty && standing.allSatisfy { $0.key == keys[0] && $0.row.session?.description == "2012-01-09" })
        let status = try await DataStatus(harness.database).entries(of: ["XNAS:ACME"], asOf: again.response.knownAt)
        #expect(status.map(\.quarantined) == [1])
    }
}
