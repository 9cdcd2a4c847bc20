import Forecasting
import Market
import Store
import Testing

@testable import MonitorFunction

@Suite struct RuleTests {
    /// Scores of consecutive days: each family's loss, the random walk's, and how many of ten outcomes lay inside the 80 % interval.
    private func scores(
        _ days: Int, _ families: [String: (loss: (Int, Int) -> Double, inside: Int)], baseline: (Int, Int) -> Double = { _, _ in 1 }
    ) -> LiveScores {
        let rows = (0..<days).flatMap { day in
            Quantiles.horizons.flatMap { horizon in
                families.map { family, figures in
                    OriginScore(
                        session: SessionDate(day: Int32(15_000 + day)), horizon: horizon, family: family, loss: figures.loss(day, horizon),
                        baselineLoss: baseline(day, horizon), inside80: figures.inside, count: 10)
                }
            }
        }
        return LiveScores(rows.shuffled(), families: Set(families.keys))
    }

    /// A loss that varies from day to day.
    private func wave(_ mean: Double) -> (Int, Int) -> Double { { day, horizon in mean + 0.01 * Double((day * 7 + horizon) % 11 - 5) } }

    private func evaluate(_ scores: LiveScores) -> PromotionRule.Assessment {
        PromotionRule.evaluate(scores, challenger: "net", champion: "fallback", fallback: "fallback")
    }

    @Test func `A significantly better challenger is promoted with its evidence`() throws {
        let assessment = evaluate(scores(80, ["net": (wave(0.9), 8), "fallback": ({ _, _ in 0.95 }, 8)]))
        #expect(assessment.isPromoted)
        let evidence = assessment.evidence
        #expect(evidence.origins == 80 && evidence.from == SessionDate(day: 15_000) && evidence.to == SessionDate(day: 15_079))
        #expect(try #require(evidence.t) < -1.65)
        #expect(abs(try #require(evidence.meanDifference) + 0.05) < 0.01)
        #expect(evidence.performance["net"]?.coverage80 == ["1": 0.8, "5": 0.8, "20": 0.8])
        #expect(abs(try #require(evidence.performance["fallback"]?.pinballSkill["20"]) - 0.05) < 1e-12)
    }

    @Test(arguments: [(59, 8, "60 are needed"), (80, 7, "is 70.0 %"), (80, 9, "is 90.0 %")])
    func `Too few origins or a wrong coverage keep the champion`(_ days: Int, _ inside: Int, _ reason: String) {
        let assessment = evaluate(scores(days, ["net": (wave(0.9), inside), "fallback": ({ _, _ in 0.95 }, 8)]))
        #expect(!assessment.isPromoted)
        #expect(assessment.evidence.reasons.contains { $0.contains(reason) }, "\(assessment.evidence.reasons)")
    }

    @Test func `One horizon worse than the fallback keeps the champion`() {
        let assessment = evaluate(
            scores(80, ["net": ({ $1 == 20 ? 0.96 : 0.80 + 0.001 * Double($0 % 3) }, 8), "fallback": ({ _, _ in 0.95 }, 8)]))
        #expect(assessment.evidence.reasons == ["worse than fallback at horizon 20"])
    }

    @Test func `A difference within chance promotes nobody`() {
        let assessment = evaluate(
            scores(80, ["net": ({ 0.949 + 0.05 * Double(($0 / 10) % 2 * 2 - 1) + 0 * Double($1) }, 8), "fallback": ({ _, _ in 0.95 }, 8)]))
        #expect(assessment.evidence.reasons.count == 1, "\(assessment.evidence.reasons)")
        #expect(assessment.evidence.reasons.first?.contains("not significantly better") == true)
    }

    /// Better where the random walk loses little, a little worse where it loses much: at the longest horizon, or on a volatile day.
    @Test(arguments: [true, false])
    func `Losses count relative to the random walks`(_ isByHorizon: Bool) {
        let isVolatile = { (day: Int, horizon: Int) in isByHorizon ? horizon == 20 : day % 10 == 0 }
        let baseline = { (day: Int, horizon: Int) in isVolatile(day, horizon) ? isByHorizon ? 30.0 : 100 : 1 }
        func reasons(_ scale: @escaping (Int, Int) -> Double) -> [String] {
            let families: [String: (loss: (Int, Int) -> Double, inside: Int)] = [
                "net": ({ baseline($0, $1) * (wave(isVolatile($0, $1) ? 0.96 : 0.9)($0, $1)) }, 8),
                "champion": ({ 0.95 * baseline($0, $1) }, 8), "fallback": ({ baseline($0, $1) }, 8),
            ]
            return PromotionRule.evaluate(
                scores(80, families, baseline: scale), challenger: "net", champion: "champion", fallback: "fallback"
            ).evidence.reasons
        }
        #expect(reasons(baseline).isEmpty, "\(reasons(baseline))")
        #expect(reasons { _, _ in 1 }.contains { $0.contains("not significantly better") }, "the same losses as they are say otherwise")
    }

    @Test func `Only the last year counts`() {
        let assessment = evaluate(
            scores(400, ["net": ({ $0 < 150 ? 2 : 0.9 + 0.001 * Double(($0 + $1) % 5) }, 8), "fallback": ({ _, _ in 0.95 }, 8)]))
        #expect(assessment.isPromoted && assessment.evidence.origins == 250)
    }

    private func evidence(_ loss: @escaping (Int, Int) -> Double, days: Int = 69) -> Evidence? {
        RollbackRule.evaluate(scores(days, ["net": (loss, 8), "fallback": ({ _, _ in 0.95 }, 8)]), champion: "net", fallback: "fallback")
    }

    @Test func `The fallback replaces a champion whose last twenty origins are worse by two standard errors`() {
        #expect(evidence(wave(1.0))?.origins == 20)
        #expect(evidence(wave(0.9)) == nil)
        #expect(evidence({ day, _ in day < 60 ? 1.5 : 0.9 }, days: 80) == nil, "earlier origins are not tested")
        #expect(evidence(wave(1.0), days: 68) == nil, "the first of ten tests had fewer than 60 origins")
        #expect(evidence({ day, _ in 0.951 + (day / 10 % 2 == 0 ? 0.1 : -0.1) }, days: 250) == nil, "within two standard errors")
        #expect(evidence({ day, _ in 0.93 + (day / 20 % 2 == 0 ? 0.1 : -0.1) }, days: 220) == nil, "a bad month among good and bad ones")
        let month = { (day: Int, _: Int) in day < 200 ? 0.93 + 0.02 * Double(day / 20 % 2) : 1.1 }
        #expect(evidence(month, days: 220) != nil, "a month worse than any")
        #expect(evidence(month, days: 205) == nil, "a week is not yet ten tests")
        #expect(evidence({ $0 == 249 ? 9 : wave(0.9)($0, $1) }, days: 250) == nil, "nor is one day, however bad")
    }

    /// Losses over overlapping horizons, from daily shocks, with the fallback's mean until a day.
    private func overlapping(_ seed: UInt64, days: Int, worseFrom: Int = .max) -> (Int, Int) -> Double {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let shocks = (0..<days + 20).map { _ in
            (0..<12).reduce(-6.0) { sum, _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return sum + Double(state >> 11) / 0x1p53
            }
        }
        return { day, horizon in
            let moved = shocks[day..<day + horizon].reduce(0, +) / Double(horizon).squareRoot()
            return 0.95 + 0.03 * moved + (day < worseFrom ? 0 : 0.08)
        }
    }

    /// Counted over 300 simulated records as short as a new champion's: by chance alone, and with a worse month.
    @Test func `A short record seldom replaces an equally good champion and finds a worse one`() {
        let byChance = (1...300).filter { evidence(overlapping(UInt64($0), days: 69)) != nil }
        #expect(byChance.count <= 9, "\(byChance.count)")
        let found = (1...300).filter { evidence(overlapping(UInt64($0), days: 105, worseFrom: 80), days: 105) != nil }
        #expect(found.count >= 150, "\(found.count)")
    }

    @Test func `Origins count only when every family has every horizon`() {
        let whole = scores(3, ["net": (wave(1), 8), "fallback": (wave(1), 8)])
        #expect(whole.origins.count == 3)
        let rows = [1, 5].map {
            OriginScore(session: SessionDate(day: 1), horizon: $0, family: "net", loss: 1, baselineLoss: 1, inside80: 8, count: 10)
        }
        #expect(LiveScores(rows, families: ["net"]).origins.isEmpty)
    }
}
