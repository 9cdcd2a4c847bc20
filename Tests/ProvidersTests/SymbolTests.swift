import Market
import Providers
import Testing

@Suite struct SymbolTests {
    @Test(
        arguments: [
            ("yahoo", "BRK.B", "XNYS", "BRK-B"), ("yahoo", "VOD", "XLON", "VOD.L"), ("yahoo", "7203", "XTKS", "7203.T"),
            ("yahoo", "^GSPC", nil, "^GSPC"), ("yahoo", "EUR/USD", nil, "EURUSD=X"), ("yahoo", "BTC-USD", nil, "BTC-USD"),
            ("yahoo", "RCI.B", "XTSE", "RCI-B.TO"), ("yahoo", "OPAP", "XATH", "OPAP.AT"), ("yahoo", "ABC", "XKOS", "ABC.KQ"),
            ("yahoo", "NSRGY", "OOTC", "NSRGY"), ("alphavantage", "TSCO", "XLON", "TSCO.LON"), ("alphavantage", "BRK.B", nil, "BRK-B"),
            ("tiingo", "BRK.B", nil, "BRK-B"), ("polygon", "BRK.B", nil, "BRK.B"), ("polygon", "^GSPC", nil, "I:SPX"),
            ("polygon", "EUR/USD", nil, "C:EURUSD"), ("polygon", "BTC-USD", nil, "X:BTCUSD"), ("alpaca", "BRK.B", nil, "BRK.B"),
            ("tiingo", "DOGE-USD", nil, "DOGEUSD"), ("tiingo", "SHIB-USDT", nil, "SHIBUSDT"), ("tiingo", "BTC-USD", nil, "BTCUSD"),
            ("tiingo", "EUR/USD", nil, "EURUSD"), ("tiingo", "GOOGL", nil, "GOOGL"), ("tiingo", "MATIC-EUR", nil, "MATICEUR"),
            ("polygon", "DOGE-USD", nil, "X:DOGEUSD"), ("finnhub", "BTC-USDT", nil, "BINANCE:BTCUSDT"),
            ("finnhub", "DOGE-BTC", nil, "BINANCE:DOGEBTC"), ("yahoo", "DOGE-USD", nil, "DOGE-USD"),
            ("twelvedata", "EUR/USD", nil, "EUR/USD"), ("twelvedata", "VOD", "XLON", "VOD:LSE"), ("finnhub", "VOD", "XLON", "VOD.L"),
            ("finnhub", "EUR/USD", nil, "OANDA:EUR_USD"), ("stooq", "BRK.B", nil, "brk-b.us"), ("stooq", "AAPL", "XNAS", "aapl.us"),
        ] as [(String, String, String?, String)])
    func `A ticker converts to the provider's spelling and back`(
        _ provider: String, _ text: String, _ exchange: String?, _ spelt: String
    ) throws {
        let spelling = try #require(SymbolSpelling(provider: provider))
        let ticker = try #require(Ticker(text, exchange: exchange))
        #expect(ticker.description == text)
        #expect(spelling.spell(ticker) == spelt)
        #expect(spelling.ticker(spelt)?.description == text)
    }

    @Test(
        arguments: [
            ("yahoo", "^SPX", "^GSPC"), ("polygon", "^GSPC", "I:SPX"), ("polygon", "I:GSPC", "I:SPX"), ("polygon", "^IXIC", "I:COMP"),
            ("twelvedata", "^GSPC", "SPX"), ("stooq", "^IXIC", "^ndq"), ("stooq", "I:DAX", "^dax"), ("stooq", "^N225", "^nkx"),
            ("finnhub", "^UKX", "^FTSE"), ("yahoo", "I:SX5E", "^STOXX50E"), ("twelvedata", "^PX1", "FCHI"), ("csv", "^GSPC", "^GSPC"),
            ("polygon", "^FTSE", nil), ("stooq", "^VIX", nil), ("alpaca", "^GSPC", nil), ("tiingo", "^GSPC", nil), ("iex", "^DJI", nil),
            ("alphavantage", "^NDX", nil), ("yahoo", "^AXJO", "^AXJO"), ("polygon", "^SOX", "I:SOX"), ("alpaca", "EUR/USD", nil),
            // Without a mark it is a share of that name.
            ("yahoo", "DAX", "DAX"), ("polygon", "RUT", "RUT"),
        ] as [(String, String, String?)])
    func `A well-known index has the symbol of the provider`(_ provider: String, _ name: String, _ spelt: String?) throws {
        let spelling = try #require(SymbolSpelling(provider: provider))
        #expect(spelling.spell(name, on: "XNYS") == spelt)
        guard let spelt, provider != "csv", name.first == "^" || name.hasPrefix("I:") else { return }
        #expect(spelling.ticker(spelt)?.kind == .index)
        let again = try #require(spelling.ticker(spelt))
        #expect(spelling.spell(again) == spelt)
    }

    @Test func `An exchange that a provider lacks has no spelling`() throws {
        #expect(SymbolSpelling(provider: "alpaca")?.spell(try #require(Ticker("VOD", exchange: "XLON"))) == nil)
        #expect(SymbolSpelling(provider: "nobody") == nil)
        #expect(["ABCETH", "ABUSD", "GOOGLE"].map { SymbolSpelling(provider: "tiingo")?.ticker($0)?.kind } == [.share, .share, .share])
        #expect(SymbolSpelling(provider: "yahoo")?.ticker("A B") == nil)
        #expect(Ticker("") == nil)
        #expect(Ticker("A/B/C") == nil)
    }
}
