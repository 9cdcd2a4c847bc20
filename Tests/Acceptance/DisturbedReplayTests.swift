import Foundation
import Hashing
import Testing

@testable import Emulator

/// A replay whose processes are killed at random ends with the same tables as an undisturbed replay.
@Suite(
    .enabled(if: Deployment.isBuilt, "SKIPPED: run through `Runtime/bellwether test`, which builds the command and the bundle"), .serialized
)
struct DisturbedReplayTests {
    /// Evenings after a session's schedules; one follows the monthly training, the last ones the dividends of IBM and MSFT.
    static let evenings =
        (3...31).map { day in "2012-01-\(day < 10 ? "0" : "")\(day)T05:00:00Z" }
        + ["02", "03", "09", "10", "15", "16"].map { "2012-02-\($0)T05:00:00Z" }

    @Test func `Kills, duplicates and shuffling change no table`() async throws {
        let calm = try await Deployment()
        do {
            try await calm.prepare()
            try await calm.advanceUntilDone(to: try #require(Self.evenings.last))
            let expected = try await calm.hashes()
            #expect(try await calm.count("SELECT count(*) FROM forecasts") > 100)
            let (models, looks) = (
                try await calm.count("SELECT count(*) FROM models"),
                try await calm.count("SELECT count(*) FROM evaluations WHERE subject = 'review'")
            )
            #expect(models == 26)
            #expect(try await calm.count("SELECT count(DISTINCT horizon) FROM scores") == 3)
            #expect(try await calm.count("SELECT count(*) FROM calibrations WHERE factor <> 1") > 50)
            #expect(looks == 2 * (8 + 1), "two reviews, each with a row for every challenger and one for the champion")
            _ = try await calm.command(["down"])

            let disturbed = try await Deployment(secretsOf: calm, options: ["--faults", "20261122"])
            do {
                let strikes = try await Self.disturb(disturbed)
                print("strikes that hit: \(strikes)")
                #expect(strikes.values.reduce(0, +) >= 20)
                for victim in Victim.allCases { #expect(strikes[victim, default: 0] >= 2, "\(victim) was hardly struck: \(strikes)") }
                let found = try await disturbed.hashes()
                for (table, hash) in expected { #expect(found[table] == hash, "\(table) differs") }
                let letters = try? String(contentsOfFile: "\(disturbed.folder)/emulator/dead-letters.jsonl", encoding: .utf8)
                #expect((letters ?? "").isEmpty, "\(letters ?? "")")
            } catch {
                await disturbed.remove()
                throw error
            }
            await disturbed.remove()
        } catch {
            await calm.remove()
            throw error
        }
        await calm.remove()
    }

    /// Replays evening by evening and kills one process at a seeded moment of each. Returns the number of kills by kind of process.
    private static func disturb(_ deployment: Deployment) async throws -> [Victim: Int] {
        var random = SplitMix64(seed: 20_261_122)
        var strikes: [Victim: Int] = [:]
        try await deployment.prepare()
        for evening in evenings {
            let delay = Duration.milliseconds(random.next(below: 250))
            async let moved = deployment.advance(to: evening)
            try await Task.sleep(for: delay)
            if let victim = try Victim.killAny(deployment, &random) { strikes[victim, default: 0] += 1 }
            if (try? await moved) != true { try await deployment.advanceUntilDone(to: evening) }
        }
        return strikes
    }
}
