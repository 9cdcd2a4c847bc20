import LambdaEvents
import Market
import Providers
import Store

extension Dashboard {
    private struct BarsDocument: Encodable {
        struct Bar: Encodable {
            let session: SessionDate
            let open, high, low, close, volume: Double
            let source: String
        }

        /// The bar of a session that has not closed, as traded.
        struct Provisional: Encodable {
            let session: SessionDate
            let open, high, low, close, volume: Double
        }

        struct Action: Encodable {
            let exDate: SessionDate
            let kind: String
            /// New shares per old share of a split, or the cash per share of a dividend.
            let value: Double
            /// The nature of the action, such as `special` or `spin-off`; absent for an ordinary one.
            let nature: String?

            private enum CodingKeys: String, CodingKey { case exDate = "ex_date", kind, value, nature }

            init(_ action: CorporateAction) {
                exDate = action.exDate
                nature = action.nature == .ordinary ? nil : action.nature.rawValue
                switch action.kind {
                case .split(let new, let old): (kind, value) = ("split", new / old)
                case .dividend(let amount): (kind, value) = ("dividend", amount.double)
                }
            }
        }

        let symbol, instrument, currency, adjustment: String
        let asOf: Instant
        let bars: [Bar]
        let provisional: [Provisional]
        let actions: [Action]

        private enum CodingKeys: String, CodingKey {
            case symbol, instrument, currency, adjustment, asOf = "as_of", bars, provisional, actions
        }
    }

    /// `GET /v1/bars/{symbol}?from=&to=&limit=&adjustment=split|total|none&as_of=`: the last bars as known at `as_of`, oldest first. The
    /// symbol is also resolved as of `as_of`.
    ///
    /// `split` (the default) adjusts prices for the later splits that are known at `as_of`; `total` adjusts for dividends too, so that the
    /// ratio of two closes is the total return; `none` returns prices as traded.
    func bars(of symbol: String, _ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try QueryParameters(request)
        let (from, to) = (try parameters.date("from"), try parameters.date("to"))
        let limit = try parameters.number("limit", in: 1...10_000) ?? 1000
        let adjustment = try parameters.choice("adjustment", of: ["split", "total", "none"]) ?? "split"
        let instrument = try await instrument(named: symbol, asOf: parameters.asOf)
        let known = AsOf.recorded(parameters.asOf)
        let sources = precedence.sources(for: instrument)
        let withoutActions = ProviderCatalog.withoutActions(
            kinds: try await ProviderResponses(database).kinds(of: instrument.id, asOf: parameters.asOf), order: sources)
        // Bars after `to` are read too, because later splits adjust earlier prices.
        let all = try await Bars(database).sourced(instrument.id, known, precedence: sources, from: from, last: to == nil ? limit : nil)
        let actions = try await ConsolidatedSeries(database).actions(
            of: instrument.id, known, for: all, precedence: sources, withoutActions: withoutActions)
        let factors = Adjustment.factors(bars: all.map(\.bar), actions: adjustment == "none" ? [] : actions)
        let chosen = zip(all, factors).prefix { bar, _ in to.map { bar.bar.session <= $0 } ?? true }.suffix(limit)
        let first = chosen.first?.0.bar.session
        let provisional = try await ProvisionalBars(database).read(instrument.id, asOf: parameters.asOf, precedence: sources)
        let document = BarsDocument(
            symbol: instrument.symbol, instrument: instrument.id, currency: instrument.currency, adjustment: adjustment,
            asOf: parameters.asOf,
            bars: try chosen.map { sourced, factor in
                let price = adjustment == "total" ? factor.total : factor.split
                guard let bar = sourced.bar.scaled(by: price, shares: factor.split.value) else {
                    throw ProblemDetails.adjustedPriceOutOfRange(sourced.bar.session, adjustment)
                }
                return BarsDocument.Bar(
                    session: bar.session, open: bar.open.double, high: bar.high.double, low: bar.low.double, close: bar.close.double,
                    volume: bar.volume, source: sourced.source)
            },
            provisional: provisional.map {
                BarsDocument.Provisional(
                    session: $0.session, open: $0.open.double, high: $0.high.double, low: $0.low.double, close: $0.close.double,
                    volume: $0.volume)
            },
            actions: actions.filter { action in
                first.map { action.exDate >= $0 } ?? false && to.map { action.exDate <= $0 } ?? true
            }.map(BarsDocument.Action.init))
        return try HTTPAPIResponse(json: document, headers: ["cache-control": "private, max-age=30"])
    }
}

extension ProblemDetails {
    fileprivate static func adjustedPriceOutOfRange(_ session: SessionDate, _ adjustment: String) -> ProblemDetails {
        ProblemDetails(
            "adjusted-price-out-of-range", title: "An adjusted price is out of range", status: 422,
            detail: "The splits and dividends after \(session) take its adjusted price out of range (\(adjustment)): give adjustment=none.",
            parameter: "adjustment")
    }
}
