import Market
import Providers
import Store

/// A response and the corporate actions that were known when it came, by which its prices are read and judged.
struct CorporateActionContext: Sendable {
    /// As traded.
    let parsed: ParsedResponse
    /// The sessions for which the response names every action; nil when it names none.
    let covering: ClosedRange<SessionDate>?
    /// Providers that never name actions.
    let silent: Set<String>
    private let provider: String
    private var own: Explaining
    private(set) var ofSilent: Explaining
    /// Whether the response's provider had never named an action before.
    private let wasSilent: Bool
    private let known: [(action: CorporateAction, source: String)]
    private let speaking: ActionSourceCoverage

    /// The actions that explain prices, before a response and with it.
    struct Explaining: Sendable {
        let before: [CorporateAction]
        fileprivate(set) var now: [CorporateAction]
        /// The ex-dates of those that are new, other or gone, in order.
        var changed: [SessionDate] { Set(Set(before).symmetricDifference(now).map(\.exDate)).sorted() }
    }

    /// `isPast` tells whether the session of an ex-date had begun when the response was known: prices of then hold no later action.
    init(
        _ response: ProviderResponse, _ parsed: ParsedResponse, _ instrument: Instrument, _ fold: ResponseProjector,
        isPast: (SessionDate) -> Bool
    ) async throws {
        let order = fold.preference.believed(for: instrument)
        let kinds = try await ProviderResponses(fold.database).kinds(of: instrument.id, asOf: response.knownAt)
        let silent = ProviderCatalog.withoutActions(kinds: kinds + [(response.provider, response.kind)], order: order)
        self.silent = silent
        provider = response.provider
        let asOf = AsOf.recorded(response.knownAt)
        let known = try await CorporateActions(fold.database).sourced(instrument.id, asOf)
        self.known = known
        let closed = parsed.adjusted.isEmpty ? parsed.bars : parsed.adjusted
        var covering: ClosedRange<SessionDate>?
        if ProviderCatalog.reportsActions(response.provider, kind: response.kind), let first = closed.first?.session,
            let last = closed.last?.session
        {
            covering = first...last
        }
        self.covering = covering
        let ownBefore = known.filter { $0.source == response.provider }.map(\.action)
        let days = Set(parsed.actions.map { Day($0) })
        own = Explaining(
            before: ownBefore,
            now: ownBefore.filter { !days.contains(Day($0)) && !(covering?.contains($0.exDate) ?? false) } + parsed.actions)
        let first = ([closed.first?.session].compactMap(\.self) + parsed.actions.map(\.exDate)).min()
        let silentBefore = ProviderCatalog.withoutActions(kinds: kinds, order: order)
        let spoke = try await ActionSourceCoverage(fold.database, instrument.id, asOf, order: order, silent: silentBefore)
        let speaks =
            silent == silentBefore
            ? spoke : try await ActionSourceCoverage(fold.database, instrument.id, asOf, order: order, silent: silent)
        speaking = speaks.reaching(first, of: response.provider)
        wasSilent = silentBefore.contains(response.provider)
        ofSilent = Explaining(
            before: known.filter { $0.source == spoke.source(on: $0.action.exDate) }.map(\.action),
            now: CorporateActionContext.spoken(speaking, known, response.provider, own.now))
        let explaining = silent.contains(response.provider) ? ofSilent : own
        self.parsed = parsed.unadjusted(by: explaining.now.filter { isPast($0.exDate) })
    }

    /// The same without splits that the provider's own prices know nothing of.
    func without(_ refused: Set<SessionDate>) -> CorporateActionContext {
        guard !refused.isEmpty else { return self }
        var told = self
        told.own.now.removeAll { $0.isSplit && refused.contains($0.exDate) }
        told.ofSilent.now = CorporateActionContext.spoken(speaking, known, provider, told.own.now)
        return told
    }

    /// The actions that explain what the response's provider said before.
    var ofOwnBars: Explaining {
        let now = actions(of: provider).now
        return Explaining(before: wasSilent ? ofSilent.before : own.before, now: now)
    }

    /// The actions that explain a source's prices.
    func actions(of source: String) -> Explaining {
        if silent.contains(source) { return ofSilent }
        if source == provider { return own }
        let others = known.filter { $0.source == source }.map(\.action)
        return Explaining(before: others, now: others)
    }

    /// What the speaking providers say, one of them with actions of `own`.
    private static func spoken(
        _ speaking: ActionSourceCoverage, _ known: [(action: CorporateAction, source: String)], _ provider: String, _ own: [CorporateAction]
    ) -> [CorporateAction] {
        known.filter { $0.source != provider && $0.source == speaking.source(on: $0.action.exDate) }.map(\.action)
            + own.filter { speaking.source(on: $0.exDate) == provider }
    }

    /// What makes two words about one action.
    private struct Day: Hashable {
        let exDate: SessionDate
        let isSplit: Bool

        init(_ action: CorporateAction) {
            exDate = action.exDate
            isSplit = action.isSplit
        }
    }
}
