import Forecasting
import LambdaRuntime
import Market
import Postgres
import Store
import Synchronization
import TestSupport
import Testing

@testable import MonitorFunction

/// The handler over a real database.
@Suite(.serialized) struct MonitorTests {
    /// The interval scale by day: about right until `day`, then much too wide.
    private func net(untilDay day: Int = .max) -> (Int) -> Double {
        { $0 < day ? 1 + 0.01 * Double(($0 * 7) % 11 - 5) : 4 }
    }

    private func daily(_ market: ScoredMarket, _ days: some Sequence<Int>) async throws {
        for day in days { _ = try await send(.daily(time: ScoredMarket.evening(day).adding(seconds: 60), from: nil), to: market) }
    }

    private func send(_ event: MonitorEvent, to market: ScoredMarket) async throws -> MonitorSummary {
        try await Monitor(market.database).handle(event, Context())
    }

    private func champion(_ market: ScoredMarket, day: Int) async throws -> String? {
        try await Promotions(market.database).champion(asOf: ScoredMarket.evening(day).adding(seconds: 120))?.id
    }

    @Test func `Any order of evenings, each twice, leaves the same scores and factors`() async throws {
        var hashes: [[String: String]] = []
        for isShuffled in [false, true] {
            let market = try await ScoredMarket(days: 50, net: net())
            var days = Array(0..<50)
            if isShuffled { days = (days + days).map { ($0 * 37) % 50 } }
            try await daily(market, days)
            hashes.append(try await TableHash.all(in: market.database))
            let count: Int = try await market.database.query("SELECT count(*) FROM scores")[0][0]
            #expect(count == 10 * 2 * (49 + 45 + 30))
        }
        #expect(hashes[0]["scores"] == hashes[1]["scores"])
        #expect(hashes[0]["calibrations"] == hashes[1]["calibrations"])
    }

    @Test func `An event that comes late or again replaces no later score`() async throws {
        let market = try await ScoredMarket(days: 12, net: net())
        try await daily(market, 0..<12)
        // What a later event wrote with knowledge that the event of day 8 does not have.
        let changed = try await market.database.execute(
            "UPDATE scores SET outcome = outcome + 1 WHERE session = $1 AND horizon = 1", [ScoredMarket.session(5)])
        #expect(changed == 20)
        let late = MonitorEvent.daily(time: ScoredMarket.evening(8).adding(seconds: 60), from: nil)
        #expect(try await send(late, to: market).scored == 0)
        let next = MonitorEvent.daily(time: ScoredMarket.evening(11).adding(seconds: 120), from: nil)
        #expect(try await send(next, to: market).scored == 20)
    }

    @Test func `Member losses are in units of the fallbacks interval and as of an instant`() async throws {
        let market = try await ScoredMarket(days: 12, net: net())
        try await daily(market, 0..<12)
        func losses(_ day: Int) async throws -> [MemberLoss] {
            try await Scores(market.database).memberLosses(
                of: ["lstm", "blended-fhs"], fallback: "blended-fhs", levels: (low: 1, high: 5), from: ScoredMarket.start,
                asOf: ScoredMarket.evening(day))
        }
        let all = try await losses(11)
        #expect(all.count == 2 * (11 + 7))
        #expect(try await losses(6) == all.filter { $0.session.advanced(by: $0.horizon) <= ScoredMarket.session(6) })
        #expect(Array(all.prefix(4).map(\.family)) == ["blended-fhs", "lstm", "blended-fhs", "lstm"] && all[0].horizon == 1)
        var expected = ScoreAccumulator()
        for place in 0..<10 {
            expected.add(-0.9 + 0.2 * Double(place), quantiles: [-0.95, -0.8, -0.5, 0, 0.5, 0.8, 0.95].map { 1.5 * $0 })
        }
        #expect(abs(all[0].loss - expected.meanLoss / (1.5 * 1.6)) < 1e-9)
    }

    @Test func `Factors follow the outcomes and are known only once the horizon is over`() async throws {
        let market = try await ScoredMarket(days: 40, net: net())
        try await daily(market, 0..<40)
        let known = try await Calibrations(market.database).known(before: .utcMidnight(ScoredMarket.session(99)))
        func factor(_ family: String, _ horizon: Int) -> Double {
            known.first { $0.family == family && $0.horizon == horizon }?.factor ?? .nan
        }
        #expect(abs(factor("lstm", 1) - 1) < 1e-9, "eight in ten were inside")
        for (horizon, origins) in [(1, 39), (20, 20)] {
            var calibration = RangeCalibration()
            for day in 0..<origins { calibration.learn(ScoredMarket.session(day), inside: 1) }
            #expect(factor("blended-fhs", horizon) == calibration.factor && calibration.factor < 1, "all were inside")
        }
        #expect(try await Calibrations(market.database).known(before: ScoredMarket.evening(20)).allSatisfy { $0.horizon != 20 })
        let last = try #require(known.first { $0.horizon == 20 })
        #expect(last.session == ScoredMarket.session(19) && last.knownAt == ScoredMarket.evening(39) && last.outcomes == 10)
    }

    @Test func `A review promotes on evidence and the rollback rule returns to the fallback`() async throws {
        let market = try await ScoredMarket(days: 160, net: net(untilDay: 90))
        try await daily(market, 0..<70)
        let early = try await send(.review(time: ScoredMarket.evening(70)), to: market)
        #expect(early.isChanged == false && early.evidence?.first?.reasons.contains { $0.contains("60 are needed") } == true)

        try await daily(market, 70..<90)
        let review = MonitorEvent.review(time: ScoredMarket.evening(89).adding(seconds: 3600))
        let first = try await send(review, to: market)
        #expect(first.isChanged == true && first.champion == "lstm-1", "\(first.evidence?.first?.reasons ?? [])")
        try await ModelRegistry(market.database).register(ScoredMarket.model("har"))
        let again = try await send(review, to: market)
        #expect(again.isChanged == false && again.champion == "lstm-1" && again.note == "this review was made already")
        let history = try await Promotions(market.database).history(asOf: ScoredMarket.evening(90))
        #expect(history.map(\.model) == ["lstm-1", "blended-fhs-1"])
        #expect(history[0].evidence.contains(#""origins": 70"#), "\(history[0].evidence)")
        let evaluations = try await Evaluations(market.database).list(asOf: ScoredMarket.evening(90))
        #expect(evaluations.map(\.decision) == [.replaced, .promoted, .confirmed, .notPromoted])

        try await daily(market, 90..<160)
        let decisions = try await Promotions(market.database).history(asOf: ScoredMarket.evening(160))
        #expect(decisions.map(\.family) == ["blended-fhs", "lstm", "blended-fhs"])
        #expect(decisions[0].reason.contains("lost more than blended-fhs"))
        #expect(decisions[0].decidedAsOf > ScoredMarket.evening(110), "a session after the first bad origin's longest horizon")
        #expect(try await champion(market, day: 100) == "lstm-1")
        #expect(try await champion(market, day: 159) == "blended-fhs-1")
    }

    private final class End: Sendable { let isReached = Mutex(false) }

    /// A manual promotion and the rollback check at once: the check waits for the promotion and sees its champion.
    @Test func `The rollback check does not decide on a champion that is being replaced`() async throws {
        let market = try await ScoredMarket(days: 130, net: net(untilDay: 90))
        let now = ScoredMarket.evening(129).adding(seconds: 60)
        try await ModelRegistry(market.database).register(ScoredMarket.model("har"))
        try await Promotions(market.database).promoteManually("lstm-1", asOf: ScoredMarket.evening(0), reason: "we want it")
        _ = try await Scoring(database: market.database).run(asOf: now, from: ScoredMarket.start)
        let other = try database(named: try await market.database.query("SELECT current_database()")[0][0])
        let end = End()
        let checking = try await other.transaction {
            try await Promotions(other).lock()
            let checking = Task {
                defer { end.isReached.withLock { $0 = true } }
                return try await ChampionDecisions(database: market.database, logger: Context().logger).checkRollback(asOf: now)
            }
            var isWaiting = false
            while !isWaiting, !end.isReached.withLock(\.self) {
                isWaiting = try await other.query(
                    """
                    SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)[0][0]
            }
            try await Promotions(other).promoteManually("har-1", asOf: now, reason: "we want another")
            return checking
        }
        let summary = try await checking.value
        #expect(summary.isChanged == false && summary.champion == "har-1")
        #expect(try await Promotions(market.database).history(asOf: now).map(\.model) == ["har-1", "lstm-1", "blended-fhs-1"])
    }

    @Test func `A manual promotion stands beside the rules`() async throws {
        let market = try await ScoredMarket(days: 3, net: net())
        let now = ScoredMarket.evening(2)
        let promoted = try await send(.promote("lstm", reason: "we want it", time: now), to: market)
        #expect(promoted.champion == "lstm-1" && promoted.isChanged == true)
        #expect(try await send(.promote("lstm-1", reason: nil, time: now), to: market).isChanged == false)
        #expect(try await send(.rollback(reason: nil, time: now), to: market).champion == "blended-fhs-1")
        #expect(
            try await Promotions(market.database).history(asOf: now).map(\.reason) == [
                "rolled back by hand", "we want it", "the first champion",
            ])
        await #expect(throws: ChampionDecisions.Failure.self) { try await send(.promote("nothing", reason: nil, time: now), to: market) }
        await #expect(throws: ChampionDecisions.Failure.self) {
            try await send(.promote("random-walk", reason: nil, time: now), to: market)
        }
        let compared = try await send(.compare("lstm", with: "blended-fhs", time: now), to: market)
        #expect(compared.evidence?.first?.origins == 0)
    }

    @Test func `A manual promotion stores the evidence of its time`() async throws {
        let market = try await ScoredMarket(days: 90, net: net())
        try await daily(market, 0..<90)
        let now = ScoredMarket.evening(90)
        #expect(try await send(.promote("lstm", reason: nil, time: now), to: market).evidence?.first?.origins == 70)
        #expect(try await send(.rollback(reason: nil, time: now), to: market).isChanged == true)
        let evidence = try await Promotions(market.database).history(asOf: now).map(\.evidence)
        #expect(evidence.count == 3)
        #expect(evidence[0].contains(#""family": "blended-fhs""#) && evidence[0].contains(#""against": "lstm""#), "\(evidence[0])")
        #expect(evidence[0].contains("not significantly better than lstm"), "the manual promotion counts all the same")
        #expect(evidence[1].contains(#""family": "lstm""#) && evidence[1].contains(#""against": "blended-fhs""#), "\(evidence[1])")
        #expect(evidence[1].contains(#""origins": 70"#) && evidence[1].contains(#""reasons": []"#), "\(evidence[1])")
    }

    @Test func `A version that reads other features is not promoted`() async throws {
        let market = try await ScoredMarket(days: 3, net: net())
        let now = ScoredMarket.evening(2)
        try await ModelRegistry(market.database).register(ScoredMarket.model("har", featureVersion: "f0"))
        let failure = await #expect(throws: ChampionDecisions.Failure.self) {
            try await send(.promote("har-1", reason: nil, time: now), to: market)
        }
        #expect(failure?.description.contains("have har trained with them (bellwether invoke Train)") == true)
        #expect(try await champion(market, day: 2) == "blended-fhs-1")
    }

    @Test func `A comparison says whether reviews compare the pair`() async throws {
        let market = try await ScoredMarket(days: 3, net: net())
        try await ModelRegistry(market.database).register(ScoredMarket.model("har"))
        func isReviewed(_ family: String, _ other: String) async throws -> Bool? {
            try await send(.compare(family, with: other, time: ScoredMarket.evening(2)), to: market).isReviewed
        }
        #expect(try await isReviewed("lstm", "blended-fhs") == true)
        #expect(try await isReviewed("lstm", "har") == false)
        #expect(try await isReviewed("blended-fhs", "lstm") == false)
        try await Promotions(market.database).promoteManually("har-1", asOf: ScoredMarket.evening(1), reason: "we want it")
        #expect(try await isReviewed("lstm", "har") == true)
        #expect(try await isReviewed("blended-fhs", "har") == false, "the fallback is not reviewed")
    }
}
