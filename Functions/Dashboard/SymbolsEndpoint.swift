import LambdaEvents
import Market
import Store

extension Dashboard {
    private struct SymbolsDocument: Encodable {
        struct Symbol: Encodable { let symbol, instrument, exchange, currency, name: String }
        let symbols: [Symbol]
    }

    /// `GET /v1/symbols?as_of=`: all registered instruments, ordered by symbol.
    func symbols(_ request: HTTPAPIRequest) async throws -> HTTPAPIResponse {
        let symbols = try await Instruments(database).list(asOf: try QueryParameters(request).asOf).map {
            SymbolsDocument.Symbol(symbol: $0.symbol, instrument: $0.id, exchange: $0.exchange, currency: $0.currency, name: $0.name)
        }
        return try HTTPAPIResponse(json: SymbolsDocument(symbols: symbols.sorted { $0.symbol < $1.symbol }))
    }
}
