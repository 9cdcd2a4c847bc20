import Foundation
import Synchronization

/// Shows the progress of one task on standard error: a bar with the remaining time on a terminal, else a few plain lines.
final class ProgressBar: Sendable {
    private struct State {
        var share = 0.0
        var shown = -1
        var drawn: ContinuousClock.Instant?
    }

    private let title: String
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    init(_ title: String) {
        self.title = title
        if !Console.isTerminal { Console.message("\(title) …") }
    }

    /// Shows the progress. `share` is 0…1 of the work.
    func update(_ share: Double, note: String = "") {
        let share = min(max(share, 0), 1)
        let now = ContinuousClock.now
        let elapsed = (now - start) / .seconds(1)
        let left = share > 0.01 ? elapsed / share * (1 - share) : nil
        let draws = state.withLock { state in
            state.share = share
            if Console.isTerminal {
                if let drawn = state.drawn, now - drawn < .milliseconds(80) { return false }
                state.drawn = now
                return true
            }
            guard Int(share * 10) > state.shown, now - (state.drawn ?? start) > .seconds(5) else { return false }
            state.shown = Int(share * 10)
            state.drawn = now
            return true
        }
        guard draws else { return }
        let time = left.map { "\(Console.clock($0)) left" } ?? "\(Console.clock(elapsed)) so far"
        if Console.isTerminal {
            let width = Int(share * 30)
            let bar = String(repeating: "=", count: width) + String(repeating: " ", count: 30 - width)
            let name = title.padding(toLength: max(34, title.count), withPad: " ", startingAt: 0)
            Console.replaceLine("\(name) [\(bar)] \(Int(share * 100)) %  \(time)  \(note)")
        } else {
            Console.message("\(title): \(Int(share * 100)) %, \(time)\(note.isEmpty ? "" : ", \(note)")")
        }
    }

    /// Replaces the bar with one line.
    func finish(_ summary: String = "") {
        if Console.isTerminal { Console.replaceLine() }
        Console.message("\(title): \(summary.isEmpty ? "" : summary + ", ")\(Console.seconds(ContinuousClock.now - start))")
    }

    /// Removes the bar after an error.
    func remove() {
        if Console.isTerminal { Console.replaceLine() }
    }

    /// Runs work that reports no progress under a bar that follows an expected time.
    static func expecting<Result: Sendable>(
        _ title: String, seconds expected: Double, _ work: () async throws -> Result, summary: (Result) -> String = { _ in "" }
    ) async throws -> Result {
        let bar = ProgressBar(title)
        let ticking = Task {
            while (try? await Task.sleep(for: .milliseconds(200))) != nil {
                let elapsed = (ContinuousClock.now - bar.start) / .seconds(1)
                bar.update(elapsed < expected * 0.9 ? elapsed / expected : 1 - 0.1 * expected / max(expected, elapsed * 1.1))
            }
        }
        defer { ticking.cancel() }
        do {
            let result = try await work()
            ticking.cancel()
            await ticking.value
            bar.finish(summary(result))
            return result
        } catch {
            ticking.cancel()
            await ticking.value
            bar.remove()
            throw error
        }
    }
}
