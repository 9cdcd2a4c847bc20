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

        /// Of a session that was not over, as traded.
        struct Provisional: Encodable {
            let session: SessionDate
            let open, high, low, close, volume: Double
        }

        struct Action: Encodable {
            let exDate: SessionDate
            let kind: String
            /// New shares for one old share, or cash for one share.
            let value: Double

            private enum CodingKeys: String, CodingKey { case exDate = "ex_date", kind, value }
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

    /// `GET /v1/bars/{symbol}?from=&to=&limit=&adjustment=split|none&as_of=`: the last bars as they were known, oldest first.
    ///
    /// `split` (the default) divides by the splits known at `as_of`, so that a chart has no jumps; `none` is as traded.
    func bars(of symbol: String, _ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let parameters = try Parameters(request)
        let (from, to) = (try parameters.date("from"), try parameters.date("to"))
        let limit = try parameters.number("limit", in: 1...10_000) ?? 1000
        let adjustment = try parameters.choice("adjustment", of: ["split", "none"]) ?? "split"
        guard let instrument = try await Instruments(database).find(symbol: symbol) else { throw ProblemDetails.unknownSymbol(symbol) }
        let known = AsOf.recorded(parameters.asOf)
        let order = preference.believed(for: instrument)
        let silent = ProviderCatalog.silent(kinds: try await RawObjects(database).kinds(of: instrument.id), order: order)
        // Up to the present also where the question ends before it: the splits since then count, by the word of the source that is believed
        // about them.
        let all = try await Bars(database).sourced(instrument.id, known, order: order, from: from, last: to == nil ? limit : nil)
        let actions = try await PreferredSeries(database).actions(of: instrument.id, known, for: all, order: order, silent: silent)
        let sourced = all.prefix { bar in to.map { bar.bar.session <= $0 } ?? true }.suffix(limit)
        let bars = sourced.map(\.bar)
        let provisional = try await ProvisionalBars(database).read(instrument.id, asOf: parameters.asOf, order: order)
        let factor = adjustment == "split" ? splitFactors(bars, actions) : [Double](repeating: 1, count: bars.count)
        let document = BarsDocument(
            symbol: instrument.symbol, instrument: instrument.id, currency: instrument.currency, adjustment: adjustment,
            asOf: parameters.asOf,
            bars: zip(sourced, factor).map { sourced, factor in
                let bar = sourced.bar
                return BarsDocument.Bar(
                    session: bar.session, open: bar.open.double / factor, high: bar.high.double / factor, low: bar.low.double / factor,
                    close: bar.close.double / factor, volume: bar.volume * factor, source: sourced.source)
            },
            provisional: provisional.map {
                BarsDocument.Provisional(
                    session: $0.session, open: $0.open.double, high: $0.high.double, low: $0.low.double, close: $0.close.double,
                    volume: $0.volume)
            },
            actions: actions.filter { action in
                bars.first.map { action.exDate >= $0.session } ?? false && to.map { action.exDate <= $0 } ?? true
            }.map { action in
                switch action.kind {
                case .split(let new, let old): BarsDocument.Action(exDate: action.exDate, kind: "split", value: new / old)
                case .dividend(let amount): BarsDocument.Action(exDate: action.exDate, kind: "dividend", value: amount.double)
                }
            })
        return try HTTPAPIResponse(json: document, headers: ["cache-control": "private, max-age=30"])
    }

    /// For each bar, the product of the splits after it.
    private func splitFactors(_ bars: [Bar], _ actions: [CorporateAction]) -> [Double] {
        bars.map { bar in
            actions.reduce(1) { factor, action in
                guard case .split(let new, let old) = action.kind, action.exDate > bar.session else { return factor }
                return factor * new / old
            }
        }
    }
}
