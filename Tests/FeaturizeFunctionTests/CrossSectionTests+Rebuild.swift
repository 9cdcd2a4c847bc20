import Features
import Foundation
import LambdaRuntime
import Market
import Postgres
import Store
import Testing

@testable import FeaturizeFunction

/// Rebuilds from the archived responses.
extension CrossSectionTests {
    @Test func `A rebuild from the responses gives the same hashes`() async throws {
        var (harness, crossSection) = try await market()
        _ = try await crossSection.update("XNAS", asOf: Self.evening)
        let later = Self.evening.adding(seconds: 86_400)
        var corrected = rows[5]
        corrected[290].close += 10
        corrected[290].high = max(corrected[290].high, corrected[290].close)
        try await harness.add(ResponseMarket.response(corrected[280...], about: Self.instruments[5], knownAt: later))
        _ = try await crossSection.update("XNAS", asOf: later)
        let before = try await TableHash.all(in: harness.database)

        try await harness.clear()
        #expect(try await harness.count("SELECT count(*) FROM features") == 0)
        for object in harness.archived.values { try await harness.add(object) }
        for begin in try await CrossSections.firstInstants(in: harness.projector.store) {
            _ = try await crossSection.update(begin.exchange, asOf: begin.knownAt)
        }
        let after = try await TableHash.all(in: harness.database)
        for (table, hash) in before { #expect(after[table] == hash, "\(table) differs") }
    }

    @Test func `A rebuild that runs out of time continues within the cross-sections`() async throws {
        let (harness, crossSection) = try await market()
        let evenings = (0..<2).map { Self.evening.adding(seconds: Int64($0) * 86_400) }
        for evening in evenings { _ = try await crossSection.update("XNAS", asOf: evening) }
        let before = try await TableHash.all(in: harness.database)
        let featurize = try await harness.featurize()
        try await harness.database.execute("DELETE FROM cross_features")
        var next: RebuildStep? = .crossSections(from: nil)
        var parts = 0
        while let step = next, parts < 500 {
            // The event as the caller sends it.
            let event = try JSONDecoder().decode(RebuildStep.self, from: try JSONEncoder().encode(step))
            #expect(event == step)
            if parts < 3 {
                // Without time, each step computes one session.
                var summary = FeaturizeSummary()
                try await featurize.rebuild(event, until: .now, &summary, Context())
                next = summary.next
            } else {
                next = try await featurize.handle(.rebuild(event), Context()).next
            }
            #expect(next != step)
            parts += 1
        }
        #expect(parts > 3 && next == nil)
        let after = try await TableHash.all(in: harness.database)
        for (table, hash) in before { #expect(after[table] == hash, "\(table) differs") }
    }
}
