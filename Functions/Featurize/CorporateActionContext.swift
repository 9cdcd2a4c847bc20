import Market
import Postgres
import Providers
import Store

/// The corporate actions that were known when a response arrived, by which its prices are unadjusted and validated.
struct CorporateActionContext: Sendable {
    /// The parsed response with unadjusted prices.
    let parsed: ParsedResponse
    /// The sessions whose actions the response replaces; nil if its bars bring no actions of their own.
    let covering: ClosedRange<SessionDate>?
    /// The providers whose bars are adjusted by another provider's actions.
    let withoutActions: Set<String>
    private let provider: String
    /// The actions of the response's provider.
    private(set) var own: ActionChanges
    /// The actions that apply to the prices of providers in `withoutActions`.
    private(set) var forOthers: ActionChanges
    /// Whether the response's provider was one of `withoutActions` before this response.
    private let hadNoActions: Bool
    /// The actions of all sources that were known before the response.
    let known: [(action: CorporateAction, source: String)]
    private let coverage: ActionSourceCoverage

    /// The actions that apply to a source's prices, before a response and with it.
    struct ActionChanges: Sendable {
        let before: [CorporateAction]
        fileprivate(set) var now: [CorporateAction]
        /// The ex-dates of actions that are new, changed or removed, in order.
        var changed: [SessionDate] { Set(Set(before).symmetricDifference(now).map(\.exDate)).sorted() }
    }

    /// - Parameter isPast: whether the session of an ex-date had begun when the response was known. The response's prices are not adjusted
    ///   for later actions.
    init(
        _ response: ProviderResponse, _ parsed: ParsedResponse, _ basis: ProjectionBasis, _ precedence: SourcePrecedence,
        _ database: Database, isPast: (SessionDate) -> Bool
    ) async throws {
        let (instrument, kinds) = (basis.instrument, basis.kinds)
        let sources = precedence.sources(for: instrument)
        let withoutActions = ProviderCatalog.withoutActions(kinds: kinds + [(response.provider, response.kind)], order: sources)
        self.withoutActions = withoutActions
        provider = response.provider
        let asOf = AsOf.recorded(response.knownAt)
        let known = try await CorporateActions(database).sourced(instrument.id, asOf)
        self.known = known
        let closed = parsed.adjusted.isEmpty ? parsed.bars : parsed.adjusted
        var covering: ClosedRange<SessionDate>?
        if ProviderCatalog.bringsOwnActions(response.provider, kind: response.kind), let first = closed.first?.session,
            let last = closed.last?.session
        {
            covering = first...last
        }
        self.covering = covering
        let ownBefore = known.filter { $0.source == response.provider }.map(\.action)
        let listed = Set(parsed.actions.map { ActionKey($0) })
        own = ActionChanges(
            before: ownBefore,
            now: ownBefore.filter { !listed.contains(ActionKey($0)) && !(covering?.contains($0.exDate) ?? false) } + parsed.actions)
        let first = ([closed.first?.session].compactMap(\.self) + parsed.actions.map(\.exDate)).min()
        let withoutActionsBefore = ProviderCatalog.withoutActions(kinds: kinds, order: sources)
        let coverageBefore = try await ActionSourceCoverage(
            database, instrument.id, asOf, precedence: sources, withoutActions: withoutActionsBefore)
        let coverageNow =
            withoutActions == withoutActionsBefore
            ? coverageBefore
            : try await ActionSourceCoverage(database, instrument.id, asOf, precedence: sources, withoutActions: withoutActions)
        coverage = coverageNow.extended(to: first, of: response.provider)
        hadNoActions = withoutActionsBefore.contains(response.provider)
        forOthers = ActionChanges(
            before: known.filter { $0.source == coverageBefore.source(on: $0.action.exDate) }.map(\.action),
            now: Self.applicable(coverage, known, response.provider, own.now))
        let applying = withoutActions.contains(response.provider) ? forOthers : own
        self.parsed = parsed.unadjusted(by: applying.now.filter { isPast($0.exDate) })
    }

    /// The context without splits that the provider's own prices contradict.
    func without(_ rejectedSplits: Set<SessionDate>) -> CorporateActionContext {
        guard !rejectedSplits.isEmpty else { return self }
        var context = self
        context.own.now.removeAll { $0.isSplit && rejectedSplits.contains($0.exDate) }
        context.forOthers.now = Self.applicable(coverage, known, provider, context.own.now)
        return context
    }

    /// The actions that apply to the stored bars of the response's provider.
    var forStoredBars: ActionChanges {
        ActionChanges(before: hadNoActions ? forOthers.before : own.before, now: actions(of: provider).now)
    }

    /// The actions that apply to a source's prices.
    func actions(of source: String) -> ActionChanges {
        if withoutActions.contains(source) { return forOthers }
        if source == provider { return own }
        let others = known.filter { $0.source == source }.map(\.action)
        return ActionChanges(before: others, now: others)
    }

    /// The actions from the sources that the coverage chooses; for `provider`, the actions `own` are used.
    private static func applicable(
        _ coverage: ActionSourceCoverage, _ known: [(action: CorporateAction, source: String)], _ provider: String, _ own: [CorporateAction]
    ) -> [CorporateAction] {
        known.filter { $0.source != provider && $0.source == coverage.source(on: $0.action.exDate) }.map(\.action)
            + own.filter { coverage.source(on: $0.exDate) == provider }
    }

    /// The identity of an action across versions.
    private struct ActionKey: Hashable {
        let exDate: SessionDate
        let isSplit: Bool

        init(_ action: CorporateAction) {
            exDate = action.exDate
            isSplit = action.isSplit
        }
    }
}
