import Emulator
import Foundation

/// Replays the demonstration from the clock's current time to its end.
struct DemoRun: Sendable {
    let emulator: EmulatorClient

    func run() async throws {
        guard let now = await now() else { throw CommandError("the emulator does not respond") }
        if now >= DemoPlan.end {
            Console.message("The sample prices are already replayed to \(String("\(now)".prefix(10))).")
            return
        }
        if now <= DemoPlan.backfill {
            try await backfill()
            try await train()
        }
        let start = await self.now() ?? DemoPlan.backfill
        try await ReplayRun.through(emulator, from: start, to: DemoPlan.end, title: "Replaying 2012-01-03 to 2013-03-01")
    }

    private func now() async -> VirtualTime? { await emulator.status().flatMap { VirtualTime($0.clock.now) } }

    /// Ingests all symbols in one run; the clock is held until all its events are processed.
    private func backfill() async throws {
        try await emulator.hold(at: DemoPlan.backfill)
        let event = IngestRequest(symbols: DemoPlan.symbols, from: "2000-01-01", time: "\(DemoPlan.backfill)")
        try await ProgressBar.expecting("Loading 2000-03-01 to 2011-12-30", seconds: 10) {
            try await call("Ingest", JSONEncoder().encode(event))
            try await emulator.advance(to: DemoPlan.backfill)
        }
    }

    private func train() async throws {
        try await ProgressBar.expecting("Training the first models", seconds: 60) {
            try await call("Train", Data(#"{"time":"\#(DemoPlan.backfill)"}"#.utf8))
            try await emulator.advance(to: DemoPlan.backfill)
        }
    }

    private func call(_ function: String, _ event: Data) async throws {
        try await emulator.call(function, event, advice: "; see `bellwether logs \(function)`")
    }

    private struct IngestRequest: Encodable {
        let symbols: [String]
        let from: String
        let time: String
    }
}
