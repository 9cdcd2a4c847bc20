import Foundation
import LambdaEvents
import LambdaRuntime
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import DashboardFunction

/// The status, quarantine and response documents.
@Suite struct DataTests {
    private let names = ["A", "B", "C", "D", "E"]

    private func dashboard() async throws -> Dashboard {
        let (database, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: database)
        try await Instruments(database).register(
            names.map { Instrument(id: "XNAS:\($0)", symbol: $0, exchange: "XNAS", currency: "USD", name: $0) })
        let known = try #require(Instant("2012-01-11T22:30:00Z"))
        let sessions = try #require(TradingCalendar.of(mic: "XNAS")).sessions(
            from: SessionDate(year: 2012, month: 1, day: 3), through: SessionDate(year: 2012, month: 1, day: 11))
        for (index, name) in names.enumerated() {
            let response = ProviderResponse(
                key: "raw/csv/daily/\(name)", instrument: "XNAS:\(name)", provider: "csv", kind: "daily", knownAt: known, fetchedAt: known,
                sha256: name)
            let bars = sessions.dropLast(index).map {
                Bar(session: $0, open: Price(10)!, high: Price(10)!, low: Price(10)!, close: Price(10)!, volume: 1)
            }
            try await Bars(database).insert(bars.map { ValidatedBar($0) }, from: response, currency: "USD") { _ in known }
            let wrong = ["order", "price"].map {
                RecordedViolation(ordinal: 9, session: sessions[1], rule: $0, detail: "d", text: "row")
            }
            if index == 0 { try await QuarantineLog(database).insert(wrong, from: response) }
            try await ProviderResponses(database).record(
                response, ProviderResponses.Counts(bars: bars.count, actions: 0, quarantined: index == 0 ? 1 : 0))
        }
        return try await Dashboard([
            "DATABASE_URL": PostgresCluster.shared.url(name), "PGPASSWORD": PostgresCluster.shared.password,
        ])
    }

    private struct Status: Decodable {
        struct Symbol: Decodable {
            let symbol, instrument: String
            let missing, quarantined: Int
            let gaps: [String]
        }
        let symbols: [Symbol]
        let next: String?
    }

    private func ask(_ dashboard: Dashboard, _ path: String, _ query: [String: String]) async throws -> HTTPAPIResponse {
        let parameters = String(decoding: try JSONEncoder().encode(query), as: UTF8.self)
        let event = """
            {"version": "2.0", "routeKey": "GET \(path)", "rawPath": "\(path)", "rawQueryString": "", "headers": {},
             "queryStringParameters": \(parameters), "isBase64Encoded": false,
             "requestContext": {"accountId": "1", "apiId": "a", "domainName": "d", "domainPrefix": "p", "http": {"method": "GET",
             "path": "\(path)", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"}, "requestId": "r",
             "routeKey": "r", "stage": "$default", "time": "t", "timeEpoch": 1326409200000}}
            """
        let request = try JSONDecoder().decode(HTTPAPIRequest.self, from: Data(event.utf8))
        return try await dashboard.handle(request, Context(deadline: .after(.seconds(20))))
    }

    @Test(arguments: [
        ("/v1/bars/%00", [:]), ("/v1/bars/A%00", ["limit": "1"]), ("/v1/symbols", ["\0": "1"]), ("/v1/symbols", ["x": "\0"]),
        ("/assets/%00", [:]), ("/v1/data/status", ["symbol": "A\0"]), ("/v1/data/status", ["after": "\0"]),
        ("/v1/bars/A", ["from": "A\0B"]), ("/v1/data/quarantine", ["symbol": "A\0B"]), ("/v1/data/response", ["object": "A\0B"]),
        ("/v1/evaluation", ["symbol": "A\0B"]), (#"/v1/bars/A\u0000"#, [:]),
    ])
    func `A NUL character in the path or a parameter is refused`(_ path: String, _ query: [String: String]) async throws {
        let response = try await ask(try await dashboard(), path, query)
        #expect(response.statusCode == 400 && response.headers["content-type"] == "application/problem+json")
        #expect(response.body?.contains("invalid-parameter") == true)
    }

    private func status(_ dashboard: Dashboard, _ query: [String: String]) async throws -> Status {
        let response = try await ask(dashboard, "/v1/data/status", query)
        return try JSONDecoder().decode(Status.self, from: Data((response.body ?? "").utf8))
    }

    @Test func `Pages continue to the last instrument`() async throws {
        let dashboard = try await dashboard()
        let all = try await status(dashboard, [:])
        #expect(all.symbols.map(\.symbol) == names && all.next == nil)
        // The last session that has closed is the twelfth of January.
        #expect(all.symbols.map(\.missing) == [1, 2, 3, 4, 5] && all.symbols[1].gaps == ["2012-01-11", "2012-01-12"])
        var (found, query): ([String], [String: String]) = ([], ["limit": "2"])
        repeat {
            let page = try await status(dashboard, query)
            found += page.symbols.map(\.symbol)
            query["after"] = page.next
        } while query["after"] != nil
        #expect(found == names)
        #expect(try await status(dashboard, ["limit": "5"]).next == nil)
    }

    @Test func `Several symbols are separated by commas`() async throws {
        let dashboard = try await dashboard()
        #expect(try await status(dashboard, ["symbol": "XNAS:D,B"]).symbols.map(\.symbol) == ["B", "D"])
        #expect(try await ask(dashboard, "/v1/data/status", ["symbol": "B,NOPE"]).statusCode == 404)
        #expect(try await ask(dashboard, "/v1/data/status", ["symbol": ","]).statusCode == 404)
    }

    @Test func `The result of projecting an object is returned`() async throws {
        struct ProjectionDocument: Decodable {
            let projected: Bool
            let bars, quarantined: Int
            let rows: [[String: String]]
        }
        let dashboard = try await dashboard()
        func projection(_ key: String, _ sessions: [String: String] = [:]) async throws -> ProjectionDocument {
            let response = try await ask(dashboard, "/v1/data/response", sessions.merging(["object": key]) { $1 })
            return try JSONDecoder().decode(ProjectionDocument.self, from: Data((response.body ?? "").utf8))
        }
        let known = try await projection("raw/csv/daily/A")
        #expect(known.projected && known.bars == 7 && known.quarantined == 1 && known.rows.map { $0["rule"] } == ["order", "price"])
        #expect(try await !projection("raw/csv/daily/none").projected)
        // The same file again: nothing new, and the row is still quarantined.
        let later = try #require(Instant("2012-01-12T22:30:00Z"))
        let again = ProviderResponse(
            key: "raw/csv/daily/A2", instrument: "XNAS:A", provider: "csv", kind: "daily", knownAt: later, fetchedAt: later, sha256: "A2")
        try await ProviderResponses(dashboard.database).record(again, ProviderResponses.Counts(bars: 0, actions: 0, quarantined: 1))
        let alone = try await projection(again.key)
        #expect(alone.quarantined == 1 && alone.rows.isEmpty)
        let standing = try await projection(again.key, ["from": "2012-01-03", "to": "2012-01-11"])
        #expect(standing.rows.map { $0["rule"] } == ["order", "price"])
        #expect(try await projection(again.key, ["from": "2012-01-05", "to": "2012-01-11"]).rows.isEmpty)
        #expect(try await ask(dashboard, "/v1/data/response", [:]).statusCode == 400)
    }

    @Test func `Quarantined rows are counted by row and listed by session`() async throws {
        struct QuarantineDocument: Decodable {
            struct Row: Decodable { let session: String? }
            let rows: [Row]
        }
        let dashboard = try await dashboard()
        #expect(try await status(dashboard, ["symbol": "A"]).symbols.map(\.quarantined) == [1])
        let known = try #require(Instant("2012-01-11T22:30:00Z"))
        let response = ProviderResponse(
            key: "raw/csv/daily/A", instrument: "XNAS:A", provider: "csv", kind: "daily", knownAt: known, fetchedAt: known, sha256: "A")
        let undated = ["date", "price"].map {
            RecordedViolation(ordinal: 3, session: nil, rule: $0, detail: "d", text: "row")
        }
        try await QuarantineLog(dashboard.database).insert(undated, from: response)
        #expect(try await status(dashboard, ["symbol": "A"]).symbols.map(\.quarantined) == [2])
        func sessions(_ query: [String: String]) async throws -> [String?] {
            let response = try await ask(dashboard, "/v1/data/quarantine", query)
            return try JSONDecoder().decode(QuarantineDocument.self, from: Data((response.body ?? "").utf8)).rows.map(\.session)
        }
        #expect(try await sessions(["symbol": "A"]) == ["2012-01-04", "2012-01-04", nil, nil])
        #expect(try await sessions(["symbol": "A", "limit": "1"]) == ["2012-01-04"])
        #expect(try await sessions(["from": "2012-01-04", "to": "2012-01-04"]) == ["2012-01-04", "2012-01-04"])
        #expect(try await sessions(["from": "2012-01-05"]).isEmpty)
        #expect(try await sessions(["to": "2012-01-03"]).isEmpty)
        #expect(try await ask(dashboard, "/v1/data/quarantine", ["from": "soon"]).statusCode == 400)
    }

    @Test func `A symbol is resolved as of the given time`() async throws {
        struct Chart: Decodable { let instrument: String }
        let dashboard = try await dashboard()
        let renamed = try #require(Instant("2012-01-09T12:00:00Z"))
        try await Symbols(dashboard.database).record(
            [.init(instrument: "XNAS:A", symbol: "ALPHA", from: SessionDate(year: 2012, month: 1, day: 10))], knownAt: renamed)
        try await Instruments(dashboard.database).register(
            [Instrument(id: "XNAS:A-2", symbol: "A", exchange: "XNAS", currency: "USD", name: "Another")],
            since: SessionDate(year: 2012, month: 1, day: 11))
        for (symbol, asOf, id) in [
            ("A", nil, "XNAS:A-2"), ("A", "2012-01-08", "XNAS:A"), ("ALPHA", nil, "XNAS:A"), ("ALPHA", "2012-01-08", "XNAS:A"),
        ] {
            var query: [String: String] = [:]
            query["as_of"] = asOf
            let response = try await ask(dashboard, "/v1/bars/\(symbol)", query)
            #expect(try JSONDecoder().decode(Chart.self, from: Data((response.body ?? "").utf8)).instrument == id)
            query["symbol"] = symbol
            #expect(try await status(dashboard, query).symbols.map(\.instrument) == [id])
        }
    }

    @Test func `The status shows objects that cannot be projected`() async throws {
        let dashboard = try await dashboard()
        let objects = QuarantinedObjects(dashboard.database)
        try await objects.insert("raw/csv/daily/XNAS:A/x", instrument: "XNAS:A", reason: "postgres server 22021")
        try await objects.insert("raw/notes.txt", instrument: nil, reason: "no key")
        struct Status: Decodable {
            struct Object: Decodable { let object, reason: String }
            let quarantined_objects: [Object]
        }
        func shown(_ query: [String: String]) async throws -> [String] {
            let body = try await ask(dashboard, "/v1/data/status", query).body ?? ""
            return try JSONDecoder().decode(Status.self, from: Data(body.utf8)).quarantined_objects.map(\.object)
        }
        #expect(try await shown([:]) == ["raw/csv/daily/XNAS:A/x", "raw/notes.txt"])
        #expect(try await shown(["symbol": "A"]) == ["raw/csv/daily/XNAS:A/x"])
        #expect(try await shown(["symbol": "B"]).isEmpty)
        let body = try await ask(dashboard, "/v1/data/response", ["object": "raw/notes.txt"]).body ?? ""
        #expect(body.contains(#""reason":"no key""#))
        // An object that was projected and can no longer be read.
        let kept = "raw/csv/daily/XNAS:A/kept"
        let known = try #require(Instant("2030-01-01T00:00:00Z"))
        try await ProviderResponses(dashboard.database).record(
            ProviderResponse(
                key: kept, instrument: "XNAS:A", provider: "csv", kind: "daily", knownAt: known, fetchedAt: known, sha256: "kept"),
            ProviderResponses.Counts(bars: 0, actions: 0, quarantined: 0))
        try await objects.insert(kept, instrument: "XNAS:A", reason: "an old reason")
        #expect(try await !shown([:]).contains(kept))
        try await objects.insert(kept, instrument: "XNAS:A", reason: "the object is missing", rowsStay: true)
        #expect(try await shown(["symbol": "A"]).contains(kept))
        #expect(
            try await ask(dashboard, "/v1/data/status", [:]).body?.contains(#""reason":"the object is missing","rows_stay":true"#) == true)
    }

    @Test func `The status and a page of the quarantine answer with many violations`() async throws {
        let dashboard = try await dashboard()
        try await dashboard.database.script(
            """
            INSERT INTO provider_responses (object_key, instrument, provider, kind, known_at, fetched_at, sha256)
            SELECT 'raw/csv/daily/X/' || i, n.number, 'csv', 'daily', '2012-01-12T00:00:00Z'::timestamptz + i * interval '1 second', now(), ''
            FROM generate_series(0, 299) i JOIN instruments n ON n.id = CASE WHEN i % 2 = 0 THEN 'XNAS:A' ELSE 'XNAS:B' END ORDER BY i;
            INSERT INTO quarantine (response_id, ordinal, rule, instrument, source, session, detail, row_text, disposition, repairs, omitted,
                known_at)
            SELECT r.id, i, 'date', r.instrument, 'csv', NULL, 'd', 'r', 'quarantined', '', 0, r.known_at
            FROM provider_responses r, generate_series(0, 999) i WHERE r.object_key LIKE 'raw/csv/daily/X/%';
            """)
        for analyzed in [false, true] {
            if analyzed { try await dashboard.database.execute("ANALYZE") }
            let begun = ContinuousClock.now
            #expect(try await status(dashboard, [:]).symbols.map(\.symbol) == names)
            for query in [["symbol": "A"], [:], ["offset": "5000"]] {
                #expect(try await ask(dashboard, "/v1/data/quarantine", query).statusCode == 200)
            }
            #expect(ContinuousClock.now - begun < .seconds(15), "analyzed: \(analyzed)")
        }
    }
}
