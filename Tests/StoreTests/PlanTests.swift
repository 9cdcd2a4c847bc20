import Foundation
import Market
import Postgres
import Store
import TestSupport
import Testing

/// The buffers that the queries of a request and of an evening touch, before and after the planner has statistics.
///
/// A request's queries are bounded by a constant. An evening's queries of one instrument too; those of a whole run by its rows.
@Suite(.serialized) struct PlanTests {
    /// A piece of work on the tables with the most buffers that one of its statements may touch in the small load and in the large one.
    struct Work: Sendable {
        let name: String
        let small: Int
        let large: Int
        let run: @Sendable (SyntheticHistory) async throws -> Void

        init(_ name: String, _ small: Int, _ large: Int? = nil, _ run: @escaping @Sendable (SyntheticHistory) async throws -> Void) {
            (self.name, self.small, self.large, self.run) = (name, small, large ?? small, run)
        }
    }

    @Test func `Queries touch a bounded number of pages in a year of twenty instruments`() async throws {
        try await check(SyntheticHistory(instruments: 20, years: 1)) { $0.small }
    }

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["BELLWETHER_LONG_TESTS"] != nil, "loads ten years of five hundred instruments"))
    func `Queries touch a bounded number of pages in ten years of five hundred instruments`() async throws {
        let begun = ContinuousClock.now
        let history = try await SyntheticHistory(instruments: 500, years: 10)
        let took = ContinuousClock.now - begun
        print("loaded in \(took)")
        #expect(took < .seconds(90))
        try await check(history) { $0.large }
    }

    private func check(_ history: SyntheticHistory, _ bound: (Work) -> Int) async throws {
        for state in ["without statistics", "after ANALYZE"] {
            if state == "after ANALYZE" { try await history.database.script("ANALYZE", deadline: .now + .seconds(120)) }
            for work in Self.requests + Self.evening {
                let plans = StatementPlans()
                try await history.database.withDeadline(.now + .seconds(300)) {
                    try await plans.explaining { try await work.run(history) }
                }
                #expect(plans.plans.count + plans.copiesIn > 0, "\(work.name) sends no statement")
                let most = plans.plans.max { $0.buffers < $1.buffers }
                print("\(work.name), \(state): \(plans.plans.map { "\($0.buffers)" }.joined(separator: " "))")
                #expect(
                    most?.buffers ?? 0 <= bound(work),
                    "\(work.name), \(state): \(most?.sql ?? "")\n\(Self.showsPlans ? most?.text ?? "" : "")")
            }
        }
    }

    private static let showsPlans = ProcessInfo.processInfo.environment["BELLWETHER_SHOW_PLANS"] != nil
}
