import FoundationEssentials
import LambdaRuntime
import Market
import Providers
import Store

extension Ingest {
    /// Requests under way at once to one provider.
    private static let width = 4

    /// What became of one instrument in this invocation.
    private enum Outcome: Sendable { case stored, unchanged, refused(String) }

    /// Asks for every instrument of the part, a few at a time.
    func fetchAll(_ part: RunPart, _ summary: inout IngestSummary, _ context: Context) async throws {
        let outcomes = try await withThrowingTaskGroup(of: (String, Outcome).self) { group in
            var waiting = part.instruments[...]
            var outcomes: [(String, Outcome)] = []
            for _ in 0..<Self.width {
                guard let next = waiting.popFirst() else { break }
                group.addTask { (next.symbol, try await fetchOne(next, part, context)) }
            }
            while let outcome = try await group.next() {
                outcomes.append(outcome)
                if let next = waiting.popFirst() { group.addTask { (next.symbol, try await fetchOne(next, part, context)) } }
            }
            return outcomes
        }
        for (symbol, outcome) in outcomes.sorted(by: { $0.0 < $1.0 }) {
            switch outcome {
            case .stored: summary.stored.append(symbol)
            case .unchanged: summary.unchanged.append(symbol)
            case .refused(let reason): summary.refused[symbol] = reason
            }
        }
    }

    private func fetchOne(_ instrument: Instrument, _ part: RunPart, _ context: Context) async throws -> Outcome {
        let runs = Runs(database)
        let run = part.run
        let from = try await firstSession(of: instrument, part)
        switch try await fetch(instrument, symbol: instrument.symbol, from: from, asOf: run.asOf, context) {
        case .refused(let refusal):
            try await runs.refused(refusal.description, of: instrument.id, in: run.id)
            return .refused(refusal.kind.name)
        case .stored(let answer):
            var keys = [answer.key]
            if from != nil, try await tellsOfNewAction(answer, instrument, run),
                case .stored(let whole) = try await fetch(instrument, symbol: instrument.symbol, from: nil, asOf: run.asOf, context)
            {
                keys.append(whole.key)
            }
            try await runs.stored(keys, of: instrument.id, in: run.id)
            return answer.isNew ? .stored : .unchanged
        }
    }

    /// Where to go on: the event's word, else some sessions before what was known when the run began, so that a second call asks the same.
    private func firstSession(of instrument: Instrument, _ part: RunPart) async throws -> SessionDate? {
        if let from = part.from { return from }
        let last = try await Bars(database).lastSession(of: instrument.id, source: settings.providerName, knownBefore: part.run.asOf)
        guard let last, let calendar = TradingCalendar.of(mic: instrument.exchange) else { return nil }
        return (0..<Self.overlap).reduce(last) { date, _ in calendar.previous(before: date) ?? date }
    }

    /// Whether the answer has a split or dividend that was not known when the run began. The provider then shows all of history anew.
    private func tellsOfNewAction(_ answer: Fetch.StoredAnswer, _ instrument: Instrument, _ run: Run) async throws -> Bool {
        let parsed = try? fetch.provider.parse(
            answer.body, status: answer.status, contentType: answer.contentType, calendar: TradingCalendar.of(mic: instrument.exchange),
            asOf: run.asOf)
        guard let actions = parsed?.actions, !actions.isEmpty else { return false }
        let before = AsOf.recorded(Instant(microseconds: run.asOf.microseconds - 1))
        let known = Set(try await Actions(database).read(instrument.id, before, source: settings.providerName).map(\.exDate))
        return actions.contains { !known.contains($0.exDate) }
    }
}
