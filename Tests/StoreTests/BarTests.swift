import Market
import Postgres
import Store
import TestSupport
import Testing

@Suite struct BarTests {
    let first = answer("2012-01-10T22:30:00Z", sha256: "aa")
    let second = answer("2012-01-11T22:30:00Z", sha256: "bb")

    func withApple() async throws -> Database {
        let database = try await freshDatabase()
        try await Instruments(database).register([apple])
        return database
    }

    @Test func `Only changed bars become versions and reads return the versions of their time`() async throws {
        let database = try await withApple()
        let bars = Bars(database)
        let old = [bar("2012-01-09", 10), bar("2012-01-10", 11)]
        #expect(try await bars.insert(old, from: first, currency: "USD", available: closed) == ["2012-01-09", "2012-01-10"])
        #expect(try await bars.insert(old, from: first, currency: "USD", available: closed) == [])
        let new = [bar("2012-01-09", 10), bar("2012-01-10", 11.5), bar("2012-01-11", 12)]
        #expect(try await bars.insert(new, from: second, currency: "USD", available: closed) == ["2012-01-10", "2012-01-11"])

        #expect(try await bars.read(apple.id, .recorded("2012-01-10T22:29:59Z")).isEmpty)
        #expect(try await bars.read(apple.id, .recorded("2012-01-10T22:30:00Z")) == old)
        #expect(try await bars.read(apple.id, .recorded(second.knownAt)) == new)
        #expect(try await bars.read(apple.id, .available("2012-01-09T21:15:00Z")) == [old[0]])
        #expect(try await bars.read(apple.id, .available("2012-01-11T22:00:00Z")) == [old[0], old[1], new[2]])
        #expect(try await bars.read(apple.id, .available("2012-01-11T22:30:00Z")) == new)
        #expect(try await bars.read(apple.id, .recorded(second.knownAt), last: 1) == [new[2]])
        #expect(try await bars.read(apple.id, .recorded(second.knownAt), from: "2012-01-10", through: "2012-01-10") == [new[1]])
        #expect(try await requestBasis(of: apple.id, "yahoo", asOf: second.knownAt, database).lastSession == "2012-01-10")
        #expect(try await requestBasis(of: apple.id, "yahoo", asOf: first.knownAt, database).lastSession == nil)
    }

    @Test func `Of two responses of one instant the later fetch holds`() async throws {
        let bars = Bars(try await withApple())
        let later = answer(first.knownAt, sha256: "00", fetchedAt: first.fetchedAt.adding(seconds: 5))
        try await bars.insert([bar("2012-01-10", 11)], from: first, currency: "USD", available: closed)
        try await bars.insert([bar("2012-01-10", 12)], from: later, currency: "USD", available: closed)
        #expect(try await bars.read(apple.id, .recorded(first.knownAt)) == [bar("2012-01-10", 12)])
    }

    @Test func `Sessions that one of two sources lacks are left out of their comparison`() async throws {
        let database = try await withApple()
        let other = ProviderResponse(
            key: "raw/stooq/daily/x/0.0", instrument: apple.id, provider: "stooq", kind: "daily", knownAt: first.knownAt,
            fetchedAt: first.fetchedAt, sha256: "dd")
        let sessions: [SessionDate] = ["2012-01-03", "2012-01-04", "2012-01-05", "2012-01-06"]
        let bars = Bars(database)
        try await bars.insert(
            zip(sessions, [10, 11, 7, 12]).map { bar($0, $1) }.filter { $0.close != Price(7) }, from: first, currency: "USD",
            available: closed)
        try await bars.insert(zip(sessions, [10, 11, 11, 13]).map { bar($0, $1) }, from: other, currency: "USD", available: closed)
        let pair = try #require(try SourcePrecedence.ProviderPair(["yahoo", "stooq"]))
        let result = try await SourceComparison(database).compare(
            apple.id, pair, from: nil, asOf: second.knownAt, tolerance: 0.001, limit: 9)
        #expect(result.returns == 2 && result.disagreements == 1)
        #expect(result.largest.map(\.session) == ["2012-01-06"])
        #expect(result.largest.allSatisfy { $0.firstReturn.isFinite && $0.secondReturn.isFinite })
        let later = try await SourceComparison(database).compare(
            apple.id, pair, from: "2012-01-04", asOf: second.knownAt, tolerance: 0.001, limit: 9)
        #expect(later.returns == 1)
    }

    @Test func `Corporate actions are versioned and retracted`() async throws {
        let actions = CorporateActions(try await withApple())
        let split = CorporateAction(exDate: "2012-01-05", kind: .split(numerator: 7, denominator: 2))
        let dividend = CorporateAction(exDate: "2012-01-09", kind: .dividend(Price(0.37)!))
        let range: ClosedRange<SessionDate> = "2012-01-01"..."2012-01-10"
        #expect(
            try await actions.insert([split, dividend], from: first, covering: range, available: closed) == ["2012-01-05", "2012-01-09"])
        #expect(try await actions.insert([split, dividend], from: second, covering: range, available: closed) == [])
        let third = answer("2012-01-12T22:30:00Z", sha256: "cc")
        #expect(try await actions.insert([split], from: third, covering: "2012-01-06"..."2012-01-12", available: closed) == ["2012-01-09"])
        #expect(try await actions.read(apple.id, .recorded(second.knownAt)) == [split, dividend])
        #expect(try await actions.read(apple.id, .recorded(third.knownAt)) == [split])
        let fourth = answer("2012-01-13T22:30:00Z", sha256: "dd")
        #expect(try await actions.insert([dividend], from: fourth, covering: nil, available: closed) == ["2012-01-09"])
        #expect(try await actions.read(apple.id, .recorded(fourth.knownAt)) == [split, dividend])
        #expect(try await actions.read(apple.id, .available("2012-01-09T21:15:00Z")) == [split, dividend])
    }

    @Test func `Quarantined rows have their reason`() async throws {
        let log = QuarantineLog(try await withApple())
        let row = RecordedViolation(
            ordinal: 3, session: nil, rule: "null-field", detail: "close", text: "{\"close\":null}")
        try await log.insert([row], from: first)
        try await log.insert([row], from: first)
        #expect(try await log.violations(ofResponse: first.key) == [row])
        #expect(try await log.entries(asOf: first.knownAt, limit: 9).map(\.instrument.id) == [apple.id])
        #expect(try await log.entries(asOf: "2012-01-01T00:00:00Z", limit: 9).isEmpty)
    }

    @Test func `Of one response the first rows of a rule are stored with the count of the others`() async throws {
        let database = try await withApple()
        let log = QuarantineLog(database)
        let response = answer(closed("2012-01-10"))
        func violations(_ count: Int) -> [RecordedViolation] {
            (0..<count).map { RecordedViolation(ordinal: $0, session: nil, rule: "date", detail: "no date", text: "row \($0)\u{0}") }
        }
        let begun = ContinuousClock.now
        try await log.update(violations(800_000), from: response)
        #expect(ContinuousClock.now - begun < .seconds(20))
        #expect(try await database.query("SELECT count(*) FROM quarantine")[0][0] as Int == QuarantineLog.rowsPerRule + 1)
        let stored = try await log.violations(ofResponse: response.key)
        #expect(stored.first?.text == "row 0␀" && stored.last?.omitted == 800_000 - QuarantineLog.rowsPerRule - 1)
        let status = try #require(try await DataStatus(database).entries(asOf: response.knownAt).first)
        #expect(status.quarantined == 800_000)
        #expect(try await log.entries(asOf: response.knownAt, limit: 10, offset: 95).map(\.row.ordinal) == Array(95...100))
    }

    /// A violation that a later history adds is stored, also behind many that are known.
    @Test func `A history that comes again adds the rows that were not stored, and counts each one once`() async throws {
        let database = try await withApple()
        let log = QuarantineLog(database)
        let sessions = (0..<150).map { SessionDate(day: 15_000 + $0) }
        let repeated = sessions.enumerated().map {
            RecordedViolation(ordinal: $0, session: $1, rule: "tick", detail: "d", text: "t", disposition: .repaired)
        }
        for (index, day) in ["2012-01-10", "2012-01-11", "2012-01-12"].enumerated() {
            try await log.update(
                repeated, from: answer(closed(SessionDate(day)!), sha256: "a\(index)"), validated: sessions, received: Set(sessions))
        }
        for day: SessionDate in ["2012-01-10", "2012-01-11", "2012-01-12"] {
            #expect(try await DataStatus(database).entries(asOf: closed(day)).first?.repaired == 150, "\(day)")
        }
        #expect(try await database.query("SELECT count(*) FROM quarantine WHERE session IS NOT NULL")[0][0] as Int == 150)
        let next = RecordedViolation(
            ordinal: 150, session: SessionDate(day: 15_150), rule: "tick", detail: "d", text: "t", disposition: .repaired)
        try await log.update(
            repeated + [next], from: answer(closed("2012-01-13"), sha256: "a9"), validated: sessions, received: Set(sessions))
        #expect(try await log.entries(asOf: closed("2012-01-13"), limit: 1).first?.row.session == next.session)
    }
}
