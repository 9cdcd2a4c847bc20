import Market
import Providers
import Testing

@Suite struct ProviderCatalogTests {
    @Test(arguments: ProviderCatalog.names)
    func `A provider is found by its name and by the kinds of its responses`(_ name: String) throws {
        let daily = try #require(ProviderCatalog.provider(named: name))
        #expect(daily.name == name)
        #expect(ProviderCatalog.provider(named: name, kind: daily.kind)?.kind == daily.kind)
        #expect(SymbolSpelling(provider: name) != nil)
        let kinds = try #require(ProviderCatalog.traits(of: name)).actionKinds
        #expect(kinds.isEmpty || !daily.bringsOwnActions)
        for kind in kinds {
            let actions = try #require(ProviderCatalog.provider(named: name, kind: kind))
            #expect(actions.kind == kind && actions.bringsOwnActions)
        }
    }

    @Test func `Actions of a response that brings none are dropped and flagged`() throws {
        let csv =
            "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n2012-01-10,10,11,9,10,10,1000,0.5,2\n"
        let parse = { (isAdjusted: Bool) in
            try AlphaVantageDaily(key: nil, adjusted: isAdjusted).parse(
                [UInt8](csv.utf8), calendar: nil, asOf: Instant(seconds: 1_800_000_000))
        }
        #expect(try parse(true).actions.count == 2)
        let response = try parse(false)
        #expect(response.bars.count == 1 && response.actions.isEmpty)
        #expect(response.flaggedRows.map(\.rule) == [ValidationRuleName.unusedActions])
        #expect(response.flaggedRows[0].detail == "2 actions are not used, because bringsOwnActions of alphavantage/daily is false")
    }
}
