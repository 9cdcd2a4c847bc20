import Features
import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// Cross-sections over a dated universe: a correction changes only the sessions whose windows contain it.
@Suite struct CrossSectionTests {
    static let instruments = (0..<22).map(ResponseMarket.instrument)
    static let rows = instruments.indices.map { ResponseMarket.rows(300, seed: UInt64($0 + 1)) }
    static let evening = ResponseMarket.evening(rows[0][299].session)

    var rows: [[Row]] { Self.rows }

    func market() async throws -> (ProjectionHarness, CrossSectionBuilder) {
        var harness = try await ProjectionHarness(Self.instruments)
        for (instrument, rows) in zip(Self.instruments, Self.rows) {
            try await harness.add(ResponseMarket.response(rows, about: instrument, knownAt: Self.evening))
        }
        return (harness, CrossSectionBuilder(database: harness.database, store: harness.projector.store))
    }

    @Test func `A correction restates exactly the sessions that it affects`() async throws {
        var (harness, crossSection) = try await market()
        #expect(try await crossSection.update("XNAS", asOf: Self.evening).written == 299 * 22)
        let before = try await TableHash.all(in: harness.database)
        #expect(try await crossSection.update("XNAS", asOf: Self.evening).written == 299 * 22)
        #expect(try await TableHash.all(in: harness.database) == before)

        // One close, 150 sessions before the end.
        let later = Self.evening.adding(seconds: 86_400)
        var corrected = rows[3]
        corrected[149].close += 30
        corrected[149].high = max(corrected[149].high, corrected[149].close)
        try await harness.add(ResponseMarket.response(corrected, about: Self.instruments[3], knownAt: later))
        _ = try await crossSection.update("XNAS", asOf: later)

        let restated = try await harness.database.query(
            "SELECT DISTINCT i.id FROM features f JOIN instruments i ON i.number = f.instrument WHERE f.known_at = $1", [later]
        ).all { row throws(PostgresError) in try row[0] as String }
        #expect(restated == [Self.instruments[3].id])
        let first = try await harness.database.query("SELECT min(session) FROM features WHERE known_at = $1", [later])[0][0] as SessionDate
        #expect(first == rows[3][149].session)
        let reached = try await harness.database.query(
            "SELECT DISTINCT session FROM cross_features WHERE known_at = $1 ORDER BY 1", [later]
        ).all { row throws(PostgresError) in try row[0] as SessionDate }
        #expect(reached.first == rows[3][149].session)

        // A computation from scratch leaves the other rows as they were.
        var fresh = try await ProjectionHarness(Self.instruments)
        for (index, instrument) in Self.instruments.enumerated() {
            let rows = index == 3 ? corrected : rows[index]
            try await fresh.add(ResponseMarket.response(rows, about: instrument, knownAt: Self.evening))
        }
        _ = try await CrossSectionBuilder(database: fresh.database, store: fresh.projector.store).update("XNAS", asOf: Self.evening)
        let expected = try await fresh.projector.store.read(.recorded(Self.evening))
        let old = try await harness.projector.store.read(.recorded(Self.evening))
        let new = try await harness.projector.store.read(.recorded(later))
        var differing = Set<SessionDate>()
        let ownWidth = FeatureSet.symbolNames.count
        for (member, table) in new.enumerated() {
            #expect(table.values.map(\.bitPattern) == expected[member].values.map(\.bitPattern), "\(table.instrument)")
            for row in table.sessions.indices {
                let range = row * table.width + ownWidth..<(row + 1) * table.width
                if table.values[range].map(\.bitPattern) != old[member].values[range].map(\.bitPattern) {
                    differing.insert(table.sessions[row])
                }
            }
        }
        #expect(differing.sorted() == reached)
        // Only rows that differ are written.
        let superfluous = try await harness.count(
            """
            SELECT count(*) FROM cross_features c JOIN cross_features p USING (instrument, version, session)
            WHERE p.known_at < c.known_at AND p."values" = c."values"
            """)
        #expect(superfluous == 0)
    }

    @Test func `The order in which runs finish does not change the result`() async throws {
        // Three evenings, the second with a correction. Runs finish in order, late, twice, and concurrently.
        let evenings = (0..<3).map { Self.evening.adding(seconds: Int64($0) * 86_400) }
        let short = rows.map { Array($0[..<200]) }
        func harness() async throws -> (ProjectionHarness, CrossSectionBuilder) {
            var harness = try await ProjectionHarness(Self.instruments)
            for (number, instrument) in Self.instruments.enumerated() {
                try await harness.add(ResponseMarket.response(short[number][..<190], about: instrument, knownAt: evenings[0]))
            }
            for (number, instrument) in Self.instruments.enumerated() {
                var corrected = short[number]
                if number == 4 {
                    corrected[150].close += 25
                    corrected[150].high = max(corrected[150].high, corrected[150].close)
                }
                try await harness.add(ResponseMarket.response(corrected[140..<195], about: instrument, knownAt: evenings[1]))
                try await harness.add(ResponseMarket.response(corrected[190...], about: instrument, knownAt: evenings[2]))
            }
            return (harness, CrossSectionBuilder(database: harness.database, store: harness.projector.store))
        }
        var hashes: [[String: String]] = []
        for order in [[0, 1, 2], [2, 1, 0], [0, 2, 1, 2], [1, 0, 0]] {
            let (harness, crossSection) = try await harness()
            for evening in order { _ = try await crossSection.update("XNAS", asOf: evenings[evening]) }
            if order == [1, 0, 0] { _ = try await crossSection.update("XNAS", asOf: evenings[2]) }
            hashes.append(try await TableHash.all(in: harness.database))
        }
        let (atOnce, crossSection) = try await harness()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for evening in evenings {
                let own = try database(named: try await atOnce.database.query("SELECT current_database()::text")[0][0])
                group.addTask {
                    _ = try await CrossSectionBuilder(
                        database: own, store: FeatureStore(own, version: FeatureSet.version, crossWidth: crossSection.store.crossWidth)
                    ).update("XNAS", asOf: evening)
                }
            }
            try await group.waitForAll()
        }
        hashes.append(try await TableHash.all(in: atOnce.database))
        for hash in hashes.dropFirst() {
            for (table, value) in hashes[0] { #expect(hash[table] == value, "\(table) differs") }
        }
        #expect(try await atOnce.count("SELECT count(DISTINCT known_at) FROM cross_features") == 3)
    }

    @Test func `A response after the cut-off updates its instant with the next run`() async throws {
        let evenings = (0..<2).map { Self.evening.adding(seconds: Int64($0) * 86_400) }
        var hashes: [[String: String]] = []
        for isLate in [false, true] {
            var harness = try await ProjectionHarness(Self.instruments)
            let crossSection = CrossSectionBuilder(database: harness.database, store: harness.projector.store)
            let last = Self.instruments.count - 1
            for (number, instrument) in Self.instruments.enumerated() where !isLate || number < last {
                try await harness.add(ResponseMarket.response(rows[number][..<150], about: instrument, knownAt: evenings[0]))
            }
            // The run is cut off without the last instrument's response, which arrives afterwards.
            _ = try await crossSection.update("XNAS", asOf: evenings[0])
            if isLate {
                try await harness.add(ResponseMarket.response(rows[last][..<150], about: Self.instruments[last], knownAt: evenings[0]))
            }
            for (number, instrument) in Self.instruments.enumerated() {
                try await harness.add(ResponseMarket.response(rows[number][140..<151], about: instrument, knownAt: evenings[1]))
            }
            _ = try await crossSection.update("XNAS", asOf: evenings[1])
            #expect(try await harness.count("SELECT count(*) FROM pending_cross_sections") == 0)
            hashes.append(try await TableHash.all(in: harness.database))
        }
        for (table, hash) in hashes[0] { #expect(hashes[1][table] == hash, "\(table) differs") }
    }

    @Test func `Many outdated instants are computed again in parts`() async throws {
        var harness = try await ProjectionHarness(Self.instruments)
        let crossSection = CrossSectionBuilder(database: harness.database, store: harness.projector.store)
        let evenings = (140..<146).map { ResponseMarket.evening(rows[0][$0].session) }
        for (night, evening) in evenings.enumerated() {
            for (number, instrument) in Self.instruments.enumerated() {
                let response = rows[number][(night == 0 ? 0 : 139 + night)...(140 + night)]
                try await harness.add(ResponseMarket.response(response, about: instrument, knownAt: evening))
            }
            _ = try await crossSection.update("XNAS", asOf: evening)
        }
        let before = try await TableHash.all(in: harness.database)
        var cursor: CrossSectionBuilder.Cursor?
        var cursors: [CrossSectionBuilder.Cursor] = []
        repeat {
            cursor = try await crossSection.update("XNAS", asOf: evenings[1], from: cursor, until: .now).remaining
            cursor.map { cursors.append($0) }
        } while cursor != nil && cursors.count < 100
        #expect(Set(cursors).count == cursors.count && Set(cursors.map(\.knownAt)) == Set(evenings[2...]))
        #expect(try await TableHash.all(in: harness.database) == before)
    }

    @Test func `An update that runs out of time continues at its cursor`() async throws {
        let (reference, uninterrupted) = try await market()
        let written = try await uninterrupted.update("XNAS", asOf: Self.evening).written
        let (harness, crossSection) = try await market()
        var cursor: CrossSectionBuilder.Cursor?
        var (parts, sum) = (0, 0)
        repeat {
            let done = try await crossSection.update("XNAS", asOf: Self.evening, from: cursor, until: parts < 3 ? .now : nil)
            #expect(done.remaining == nil || done.remaining != cursor)
            cursor = try done.remaining.map { try #require(CrossSectionBuilder.Cursor($0.event)) }
            (parts, sum) = (parts + 1, sum + done.written)
        } while cursor != nil
        #expect(parts > 3 && sum == written)
        #expect(try await TableHash.all(in: harness.database) == TableHash.all(in: reference.database))
    }

    @Test func `The universe of a session is that of its date`() async throws {
        let (harness, crossSection) = try await market()
        let (joined, left) = (rows[0][200].session, rows[0][250].session)
        let universe = Universe(harness.database)
        try await universe.record(
            [Universe.Membership(instrument: Self.instruments[0].id, from: SessionDate(day: 0), to: left)], knownAt: Self.evening)
        try await universe.record(
            [
                Universe.Membership(instrument: Self.instruments[1].id, from: SessionDate(day: 0), to: SessionDate(day: 0)),
                Universe.Membership(instrument: Self.instruments[1].id, from: joined, to: nil),
            ], knownAt: Self.evening)
        try await universe.recordDelisting(of: Self.instruments[2].id, last: left, reason: "merged", knownAt: Self.evening)
        _ = try await crossSection.update("XNAS", asOf: Self.evening)
        func span(_ number: Int) async throws -> [SessionDate] {
            let row = try await harness.database.query(
                "SELECT min(session), max(session) FROM cross_features WHERE instrument = (SELECT number FROM instruments WHERE id = $1)",
                [Self.instruments[number].id])[0]
            return [try row[0], try row[1]]
        }
        // Ranks need 20 members: instruments 0 and 2 leave the universe of 22.
        #expect(try await span(0) == [rows[0][1].session, rows[0][249].session])
        #expect(try await span(1) == [joined, rows[0][299].session])
        #expect(try await span(2) == [rows[0][1].session, left])
        #expect(try await span(3) == [rows[0][1].session, rows[0][299].session])
        #expect(try await universe.members(exchange: "XNAS", on: left, asOf: Self.evening).count == 21)
        #expect(try await universe.members(exchange: "XNAS", on: left, asOf: "2000-01-01T00:00:00Z").count == 22)
    }
}
