import Features
import Market
import Testing

@Suite struct CrossSectionTests {
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
        universe.compactMap { without.contains($0.key) ? nil : (id: $0.key, row: $0.value[step]) }.sorted { $0.id < $1.id }
    }

    private func run(_ steps: Range<Int>) -> [[String: [Float]]] {
        var engine = CrossSectionEngine(members: universe.count)
        return steps.map { append(members($0), to: &engine) }
    }

    /// Answers by the members' names; their numbers are their places among all names in order.
    private func append(_ members: [(id: String, row: FeatureRow)], to engine: inout CrossSectionEngine) -> [String: [Float]] {
        let names = universe.keys.sorted()
        let answer = engine.append(members.map { CrossSectionMember(names.firstIndex(of: $0.id)!, $0.row) })
        guard !answer.isEmpty else { return [:] }
        let width = CrossSectionEngine.width
        return Dictionary(
            uniqueKeysWithValues: members.enumerated().map { ($1.id, Array(answer[$0 * width..<($0 + 1) * width])) })
    }

    @Test func `A sessions features depend on the last sessions of its memory alone`() throws {
        let whole = run(0..<sessions)
        let recent = run((sessions - CrossSectionEngine.memory)..<sessions)
        let (a, b) = (try #require(whole.last), try #require(recent.last))
        #expect(a.mapValues { $0.map(\.bitPattern) } == b.mapValues { $0.map(\.bitPattern) })
        #expect(a.count == 25)
        #expect(a.values.allSatisfy { $0.count == FeatureSet.crossNames.count && $0.allSatisfy { $0.isFinite } })
    }

    @Test func `A session of fewer than twenty members has no features and changes none`() {
        var engine = CrossSectionEngine(members: universe.count)
        var other = CrossSectionEngine(members: universe.count)
        let away = Set((0..<6).map { "S\($0)" })
        for step in 0..<200 {
            #expect(append(members(step, without: away), to: &other).isEmpty)
            let left = append(members(step), to: &engine)
            let right = append(members(step), to: &other)
            #expect(left.mapValues { $0.map(\.bitPattern) } == right.mapValues { $0.map(\.bitPattern) })
        }
    }

    @Test func `An absent member has missing values until its window fills`() throws {
        var engine = CrossSectionEngine(members: universe.count)
        for step in 0..<300 {
            let answer = append(members(step, without: step < 200 ? ["S3"] : []), to: &engine)
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

    @Test func `Ranks lie within one half and average to half a step`() throws {
        let answer = try #require(run(0..<300).last)
        for column in 2..<6 {
            let values = answer.values.map { Double($0[column]) }
            #expect(values.allSatisfy { $0 > -0.5 && $0 <= 0.5 })
            let mean = values.reduce(0, +) / 25
            #expect(abs(mean - 0.02) < 1e-6)
        }
    }

    @Test func `Sessions loaded together have the members and the bits of one by one`() {
        let names = universe.keys.sorted()
        let rows = names.map { name in
            var engine = FeatureEngine()
            var random = RandomBars(seed: UInt64(name.dropFirst())! + 1)
            return engine.append(contentsOf: random.make(420))
        }
        var (one, together) = (CrossSectionEngine(members: names.count), CrossSectionEngine(members: names.count))
        var some = CrossSectionSessions(members: names.count, sessions: 7)
        for first in stride(from: 0, to: sessions, by: 7) {
            let places = (first..<first + 7).map { step in names.indices.map { ($0 + step) % 9 == 0 ? -1 : step } }
            some.load(rows, at: places.flatMap(\.self))
            for (i, places) in places.enumerated() {
                let present = places.indices.filter { places[$0] >= 0 }.map { CrossSectionMember($0, rows[$0][places[$0]]) }
                #expect(some[i].map(\.member) == present.map(\.member))
                #expect(together.append(some[i]).map(\.bitPattern) == one.append(present).map(\.bitPattern))
            }
        }
    }

    @Test func `Ranks are those of a sort with ties outliers and missing values`() throws {
        let returns: [Double] = [
            0, -0.0, 0.1, 0.1, 0.1 + 1e-16, .nan, 1e6, -3, 2e-9, 1e-9, 3e-9, 0.2, -0.2, .nan, .leastNonzeroMagnitude, 0.3, 0.3 + 1e-15, 0.3,
            7, 8, -8, 9,
        ]
        var engine = CrossSectionEngine(members: returns.count)
        let present = returns.indices.compactMap { CrossSectionMember($0, extras: [0.01, 1, 1, 1, returns[$0], -returns[$0], 1, 1]) }
        let answer = engine.append(present)
        try #require(answer.count == returns.count * CrossSectionEngine.width)
        let known = Double(returns.count { !$0.isNaN })
        for (i, value) in returns.enumerated() {
            for (column, value, values) in [(2, value, returns), (3, -value, returns.map { -$0 })] {
                let rank = Double(values.count { $0 < value }) + Double(values.count { $0 == value } + 1) / 2
                let own = answer[i * CrossSectionEngine.width + column]
                #expect(value.isNaN ? own.isNaN : abs(Double(own) - (rank / known - 0.5)) < 1e-7)
            }
        }
    }
}
