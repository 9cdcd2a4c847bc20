import Market
import Providers
import Store

/// An answer and the corporate actions that were known when it came, by which its prices are read and judged.
struct Told: Sendable {
    /// As traded.
    let parsed: ProviderAnswer
    /// The sessions for which the answer names every action; nil when it names none.
    let covering: ClosedRange<SessionDate>?
    /// Providers that never name actions.
    let silent: Set<String>
    /// Of the actions of the answer's provider, the days that are new, other or gone.
    private(set) var changed: [SessionDate]
    /// The provider whose actions stand for those of the silent ones.
    let speaking: String?
    /// The actions that explained the silent ones' prices before this answer.
    let before: [CorporateAction]
    private var own: [CorporateAction]
    private let ownBefore: [CorporateAction]
    private let known: [(action: CorporateAction, source: String)]
    private let provider: String

    /// `isPast` tells whether the session of an ex-date had begun when the answer was known: prices of then hold no later action.
    init(
        _ answer: Answer, _ parsed: ProviderAnswer, _ instrument: Instrument, _ fold: Fold, isPast: (SessionDate) -> Bool
    ) async throws {
        let order = fold.preference.believed(for: instrument)
        let kinds = try await RawObjects(fold.database).kinds(of: instrument.id)
        let silent = ProviderCatalog.silent(kinds: kinds + [(answer.provider, answer.kind)], order: order)
        self.silent = silent
        let speaking = order.first { !silent.contains($0) }
        self.speaking = speaking
        let silentBefore = ProviderCatalog.silent(kinds: kinds, order: order)
        let spoke = order.first { !silentBefore.contains($0) }
        provider = answer.provider
        let known = try await Actions(fold.database).sourced(instrument.id, .recorded(answer.knownAt))
        self.known = known
        self.before = known.filter { $0.source == spoke }.map(\.action)
        let closed = parsed.adjusted.isEmpty ? parsed.bars : parsed.adjusted
        var covering: ClosedRange<SessionDate>?
        if ProviderCatalog.reportsActions(answer.provider, kind: answer.kind), let first = closed.first?.session,
            let last = closed.last?.session
        {
            covering = first...last
        }
        self.covering = covering
        let before = known.filter { $0.source == answer.provider }.map(\.action)
        ownBefore = before
        let days = Set(parsed.actions.map { Day($0) })
        own = before.filter { !days.contains(Day($0)) && !(covering?.contains($0.exDate) ?? false) } + parsed.actions
        changed = Set(before).symmetricDifference(own).map(\.exDate).sorted()
        let explaining = Told.actions(of: answer.provider, provider, own, known, silent, speaking)
        self.parsed = parsed.asTraded(knowing: explaining.filter { isPast($0.exDate) })
    }

    /// The same without splits that the provider's own prices know nothing of.
    func without(_ refused: Set<SessionDate>) -> Told {
        guard !refused.isEmpty else { return self }
        var told = self
        told.own.removeAll { Day($0).isSplit && refused.contains($0.exDate) }
        told.changed = Set(ownBefore).symmetricDifference(told.own).map(\.exDate).sorted()
        return told
    }

    /// The actions that explain a source's prices.
    func actions(of source: String) -> [CorporateAction] { Told.actions(of: source, provider, own, known, silent, speaking) }

    private static func actions(
        of source: String, _ provider: String, _ own: [CorporateAction], _ known: [(action: CorporateAction, source: String)],
        _ silent: Set<String>, _ speaking: String?
    ) -> [CorporateAction] {
        let trusted = silent.contains(source) ? speaking : source
        return trusted == provider ? own : known.filter { $0.source == trusted }.map(\.action)
    }

    /// What makes two words about one action.
    private struct Day: Hashable {
        let exDate: SessionDate
        let isSplit: Bool

        init(_ action: CorporateAction) {
            exDate = action.exDate
            isSplit = if case .split = action.kind { true } else { false }
        }
    }
}
