import Features
import Market
import Testing

@Suite struct CrossSections {
    private let universe: [String: [FeatureRow]]
    private let sessions: Int

    init() {
        var universe: [String: [FeatureRow]] = [:]
        for index in 0..<25 {
            var random = RandomBars(seed: UInt64(index + 1))
            universe["S\(index)"] = features(random.make(420))
        }
        self.universe = universe
        sessions = 420
    }

    private func members(_ step: Int, without: Set<String> = []) -> [(id: String, row: FeatureRow)] {
        universe.compactMap { without.contains($0.key) ? nil : (id: $0.key, row: $0.value[step]) }
    }

    private func run(_ steps: Range<Int>) -> [[String: [Float]]] {
        var engine = CrossSectionEngine()
        return steps.map { engine.append(SessionDate(day: Int32($0)), members: members($0)) }
    }

    @Test func anAnswerNeedsOnlyTheLastSessionsOfItsMemory() throws {
        let whole = run(0..<sessions)
        let recent = run((sessions - CrossSectionEngine.memory)..<sessions)
        let (a, b) = (try #require(whole.last), try #require(recent.last))
        #expect(a.mapValues { $0.map(\.bitPattern) } == b.mapValues { $0.map(\.bitPattern) })
        #expect(a.count == 25)
        #expect(a.values.allSatisfy { $0.count == FeatureSet.crossNames.count && $0.allSatisfy { $0.isFinite } })
    }

    @Test func fewerThanTwentyMembersAnswerNothingAndLeaveNoTrace() {
        var engine = CrossSectionEngine()
        var other = CrossSectionEngine()
        let away = Set((0..<6).map { "S\($0)" })
        for step in 0..<200 {
            let session = SessionDate(day: Int32(step))
            #expect(other.append(session, members: members(step, without: away)).isEmpty)
            let left = engine.append(session, members: members(step))
            let right = other.append(session, members: members(step))
            #expect(left.mapValues { $0.map(\.bitPattern) } == right.mapValues { $0.map(\.bitPattern) })
        }
    }

    @Test func aMemberThatWasAwayHasMissingValuesUntilItsWindowFills() throws {
        var engine = CrossSectionEngine()
        for step in 0..<300 {
            let answer = engine.append(SessionDate(day: Int32(step)), members: members(step, without: step < 200 ? ["S3"] : []))
            guard step >= 200 else {
                #expect(answer["S3"] == nil)
                continue
            }
            let values = try #require(answer["S3"])
            #expect(values[0].isNaN == (step < 247))
            #expect(values[1].isNaN == (step < 295))
            #expect(values[2].isFinite)
        }
    }

    @Test func ranksLieWithinOneHalfAndAverageToHalfAStep() throws {
        let answer = try #require(run(0..<300).last)
        for column in 2..<6 {
            let values = answer.values.map { Double($0[column]) }
            #expect(values.allSatisfy { $0 > -0.5 && $0 <= 0.5 })
            let mean = values.reduce(0, +) / 25
            #expect(abs(mean - 0.02) < 1e-6)
        }
    }
}
