import Market
import SampleMarket
import Testing

@Suite struct CatalogTests {
    @Test func `The file holds every session of the source`() throws {
        let catalog = try SampleData.catalog.get()
        let counts = Dictionary(uniqueKeysWithValues: catalog.series.map { ($0.instrument.id, $0.bars.count) })
        #expect(counts == ["XNAS:AAPL": 3270, "XNAS:FB": 196, "XNAS:GOOG": 2148, "XNYS:IBM": 3270, "XNAS:MSFT": 3270])
        #expect(catalog.lastSession == SessionDate("2013-03-01"))
    }

    @Test(arguments: [
        ("AAPL", "2000-03-01", "118.56 132.06 118.5 130.31", 9_616_100.0), ("FB", "2012-05-18", "42.05 45 38 38.2318", 573_576_400),
        ("GOOG", "2004-08-19", "100.01 104.06 95.96 100.335", 44_659_000), ("MSFT", "2000-03-03", "94.75 98.87 93.87 96.12", 50_717_600),
    ])
    func `Figures are the sources to the last digit`(symbol: String, date: String, prices: String, volume: Double) throws {
        let bar = try #require(try SampleData.catalog.get()[symbol]?.bars.first { "\($0.session)" == date })
        #expect([bar.open, bar.high, bar.low, bar.close].map { "\($0)" }.joined(separator: " ") == prices)
        #expect(bar.volume == volume)
    }

    @Test func `Every bar is a session of its exchange and no session is missing`() throws {
        for series in try SampleData.catalog.get().series {
            let calendar = try #require(TradingCalendar.of(mic: series.instrument.exchange))
            let sessions = series.bars.map(\.session)
            let expected = try calendar.sessions(from: #require(sessions.first), through: #require(sessions.last))
            #expect(Set(sessions).symmetricDifference(expected).sorted() == [], "\(series.instrument.id)")
        }
    }

    @Test func `Splits and dividends explain the source's adjusted close within rounding`() throws {
        let runs = try SampleData.AdjustmentRun.all()
        for series in try SampleData.catalog.get().series {
            let own = runs.filter { $0.symbol == series.instrument.symbol }
            #expect(own.count == Set(series.actions.map(\.exDate)).count + 1)
            for (before, after) in zip(own, own.dropFirst()) {
                let close = try #require(series.bars.first { $0.session == after.first }).close.double
                let factor = series.actions.filter { $0.exDate == after.first }.reduce(1.0) { product, action in
                    switch action.kind {
                    case .split(let numerator, let denominator): product * numerator / denominator
                    case .dividend(let amount): product * (close + amount.double) / close
                    }
                }
                #expect(abs(after.ratio / before.ratio / factor - 1) < 1e-9, "\(series.instrument.id) \(after.first)")
            }
        }
    }

    @Test func `A missing folder is a clear error`() {
        #expect { try SampleCatalog(folder: "/nowhere") } throws: { "\($0)".contains("/nowhere/actions.txt") }
    }
}
