import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// The projection of responses into bars and features, on a real database.
@Suite struct ResponseProjectorTests {
    let instrument = ResponseMarket.instrument(1)
    let rows = ResponseMarket.rows(360, seed: 11)

    /// The first `known` sessions in one response, then one response per evening with ten known sessions.
    func nightly(_ rows: [Row], from known: Int, providers: String = "alphavantage,yahoo") async throws -> ProjectionHarness {
        var harness = try await ProjectionHarness([instrument], providers: providers)
        let first = ResponseMarket.evening(rows[known - 1].session)
        try await harness.add(ResponseMarket.response(rows[..<known], about: instrument, knownAt: first))
        for index in known..<rows.count {
            let knownAt = ResponseMarket.evening(rows[index].session)
            let summary = try await harness.add(ResponseMarket.response(rows[(index - 10)...index], about: instrument, knownAt: knownAt))
            #expect(summary.bars == 1 && summary.featureRows == 1)
        }
        return harness
    }

    @Test func `Sixty evenings leave the rows of one batch to the bit`() async throws {
        let harness = try await nightly(rows, from: 300)
        let last = AsOf.recorded(ResponseMarket.evening(rows[359].session))
        var batch = try await ProjectionHarness([instrument])
        try await batch.add(ResponseMarket.response(rows, about: instrument, knownAt: last.instant))
        let features = try await harness.features(instrument, last)
        #expect(features.count == 360)
        #expect(try await batch.features(instrument, last) == features)
        #expect(try await harness.count("SELECT count(*) FROM features") == 360)
        #expect(
            try await harness.database.query("SELECT state FROM feature_states")[0][0] as PostgresBytes
                == batch.database.query("SELECT state FROM feature_states")[0][0])
    }

    @Test func `An evening reads no history`() async throws {
        var harness = try await nightly(Array(rows[..<301]), from: 300)
        // Without the old bars, long windows are known only from the stored state.
        try await harness.database.execute("DELETE FROM bars WHERE session < $1", [rows[300].session])
        let knownAt = ResponseMarket.evening(rows[301].session)
        try await harness.add(ResponseMarket.response(rows[301...301], about: instrument, knownAt: knownAt))
        var batch = try await ProjectionHarness([instrument])
        try await batch.add(ResponseMarket.response(rows[...301], about: instrument, knownAt: knownAt))
        let session = rows[301].session
        #expect(
            try await harness.features(instrument, .recorded(knownAt))[session] == batch.features(instrument, .recorded(knownAt))[session])
    }

    @Test func `Later bars change no feature that was known`() async throws {
        var harness = try await nightly(Array(rows[..<310]), from: 300)
        let known = AsOf.recorded(ResponseMarket.evening(rows[309].session))
        let available = AsOf.available(known.instant)
        let before = try await (harness.features(instrument, known), harness.features(instrument, available))
        let poison = rows[200...].map { row in
            var row = row
            (row.open, row.high, row.low, row.close) = (row.open * 3, row.high * 3, row.low * 3, row.close * 3)
            row.split = row.session == rows[250].session ? 4 : 1
            return row
        }
        try await harness.add(ResponseMarket.response(poison, about: instrument, knownAt: ResponseMarket.evening(rows[359].session)))
        #expect(try await harness.features(instrument, known) == before.0)
        #expect(try await harness.features(instrument, available) == before.1)
        #expect(try await harness.features(instrument, .recorded(ResponseMarket.evening(rows[359].session))) != before.0)
    }

    @Test func `A split changes no feature`() async throws {
        let split = rows.enumerated().map { index, row in
            guard index >= 330 else { return row }
            var row = row
            (row.open, row.high, row.low, row.close) = (row.open / 2 * 2, row.high / 2 * 2, row.low / 2 * 2, row.close / 2 * 2)
            return row
        }
        let halved = split.enumerated().map { index, row in
            guard index >= 330 else { return row }
            var row = row
            (row.open, row.high, row.low, row.close) = (row.open / 2, row.high / 2, row.low / 2, row.close / 2)
            row.volume *= 2
            row.dividend /= 2
            row.split = index == 330 ? 2 : 1
            return row
        }
        let last = AsOf.recorded(ResponseMarket.evening(rows[359].session))
        let plain = try await nightly(split, from: 320).features(instrument, last)
        #expect(try await nightly(halved, from: 320).features(instrument, last) == plain)
    }

    @Test func `A late response and a repeated one leave the same tables`() async throws {
        let responses = (300..<312).map { index in
            let corrected = rows[(index - 10)...index].map { row in
                var row = row
                if index == 306, row.session == rows[304].session { row.high += 40 }
                return row
            }
            return ResponseMarket.response(corrected, about: instrument, knownAt: ResponseMarket.evening(rows[index].session))
        }
        let history = ResponseMarket.response(rows[..<300], about: instrument, knownAt: ResponseMarket.evening(rows[299].session))
        var hashes: [[String: String]] = []
        for order in [[history] + responses, responses.reversed() + [history, responses[3], history]] {
            var harness = try await ProjectionHarness([instrument])
            for response in order { try await harness.add(response) }
            hashes.append(try await TableHash.all(in: harness.database))
        }
        #expect(hashes[0] == hashes[1])
    }

    @Test func `An unfinished session is provisional until its final bar comes`() async throws {
        var harness = try await ProjectionHarness([instrument])
        let noon = ResponseMarket.calendar.open(of: rows[20].session).adding(seconds: 3600)
        var live = rows[20]
        live.close += 7
        live.high = max(live.high, live.close)
        try await harness.add(ResponseMarket.response(rows[..<20] + [live], about: instrument, knownAt: noon))
        let provisional = ProvisionalBars(harness.database)
        #expect(try await provisional.read(instrument.id, asOf: noon).map(\.session) == [live.session])
        #expect(try await Bars(harness.database).read(instrument.id, .recorded(noon)).count == 20)
        #expect(try await harness.features(instrument, .recorded(noon)).count == 20)
        let evening = ResponseMarket.evening(live.session)
        try await harness.add(ResponseMarket.response(rows[10...20], about: instrument, knownAt: evening))
        #expect(try await provisional.read(instrument.id, asOf: evening).isEmpty)
        #expect(try await provisional.read(instrument.id, asOf: noon).map(\.session) == [live.session])
        #expect(
            try await Bars(harness.database).read(instrument.id, .recorded(evening)).last?.close == Price(Double(rows[20].close) / 100)!)
        #expect(try await harness.features(instrument, .recorded(evening)).count == 21)
    }
}
