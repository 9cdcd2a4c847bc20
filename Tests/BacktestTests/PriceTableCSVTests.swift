import Backtest
import Market
import Testing

@Suite struct PriceTableCSVTests {
    private func table(_ text: String) throws -> PriceTable { try PriceTable(csv: Array(text.utf8)) }

    @Test func `Columns may come in any order and lines in any`() throws {
        let table = try table(
            """
            symbol,volume,date,close,open,high,low
            B,5,2020-01-03,10.5,10,11,9.5
            A,7,2020-01-06,2,2,2,2
            B,6,2020-01-02,10,10,10,10

            """)
        #expect(table.series.map(\.symbol) == ["A", "B"])
        #expect(table.series[1].observations.map(\.session.description) == ["2020-01-02", "2020-01-03"])
        #expect(table.series[1].observations[1].close == 10.5)
        #expect(table.series[1].observations[1].volume == 5)
        #expect(table.rejected.isEmpty)
    }

    @Test func `A price is read with the value of its text`() throws {
        let prices = (0..<540).map { index in
            Price(Double("\(100_000_001 + 1_555_555 * index)e\(index % 27 - 20)")!)!
        }
        let rows = prices.enumerated().map { "\(SessionDate(day: 12_000).advanced(by: $0)),A,\($1),\($1),\($1),\($1),1\n" }
        let table = try table("date,symbol,open,high,low,close,volume\n" + rows.joined())
        #expect(table.series.first?.observations.map(\.close) == prices.map(\.double) && table.rejected.isEmpty)
    }

    @Test func `Bad lines are named and the others count`() throws {
        let table = try table(
            """
            date,symbol,open,high,low,close,volume
            2020-01-02,A,1,1,1,1,10
            2020-01-03,A,,1,1,1,10
            2020-13-01,A,1,1,1,1,10
            2020-01-06,A,1,0.5,1,1,10
            2020-01-07,A,1,1,1,1
            2020-01-08,A,-1,1,1,1,10
            2020-01-09,A,1,1,1,nan,10
            2020-01-02,A,2,2,2,2,10
            2020-01-10,,1,1,1,1,10
            2020-01-13,A,1,1,1,1e0,0

            """)
        #expect(table.series[0].observations.map(\.session.description) == ["2020-01-02", "2020-01-13"])
        #expect(table.rejected.map(\.line) == [3, 4, 5, 6, 7, 8, 9, 10])
        #expect(table.rejected[0].rule == "null-field")
        #expect(table.rejected[1].rule == "bad-date")
        #expect(table.rejected[2].rule == "ohlc-order")
        #expect(table.rejected[3].rule == "field-count")
        #expect(table.rejected[6].rule == "duplicate-session")
    }

    @Test func `A quote that is never closed is an error with its line`() {
        let error = #expect(throws: PriceTable.FormatError.self) {
            try table(
                "date,symbol,open,high,low,close,volume\n2020-01-02,\"A\",1,1,1,1,1\n2020-01-03,\"A,1,1,1,1,1\n2020-01-06,A,1,1,1,1,1\n")
        }
        #expect(error?.description == "line 3: a quote is opened and never closed")
    }

    @Test func `A symbol may hold a comma and a quote`() throws {
        let table = try table("date,symbol,open,high,low,close,volume\n2020-01-02,\"A,\"\"B\"\"\",1,1,1,1,1\n")
        #expect(table.series.map(\.symbol) == ["A,\"B\""])
    }

    @Test func `The adjusted close becomes the dividend that explains it`() throws {
        let table = try table(
            """
            date,symbol,open,high,low,close,adj_close,volume
            2020-01-02,A,100,100,100,100,95,10
            2020-01-03,A,98,98,98,98,96.9,10

            """)
        let bar = table.series[0].observations[1]
        #expect(abs((bar.close + bar.dividend) / 100 - 96.9 / 95) < 1e-12)
        #expect(bar.split == 1)
    }

    @Test func `Blanks around symbols and dates do not count`() throws {
        let table = try table("date,symbol,open,high,low,close,volume\n 2020-01-02, A ,1, 1 ,1,1,1\n2020-01-03,A\t,1,1,1,1,1\n")
        #expect(table.series.map(\.symbol) == ["A"] && table.series[0].observations.count == 2 && table.rejected.isEmpty)
        #expect(try Origins.read(csv: Array("date,symbol\n 2020-01-02 , A \n".utf8)).map(\.symbol) == ["A"])
    }

    @Test func `A header alone is not called an empty file`() {
        let error = #expect(throws: PriceTable.FormatError.self) { try table("date,symbol,open,high,low,close,volume\n") }
        #expect(error?.description == "the file has a header and no line below it")
        #expect(#expect(throws: PriceTable.FormatError.self) { try table("") }?.description == "the file is empty")
    }

    @Test func `Windows line ends a byte order mark and quotes are read`() throws {
        let table = try PriceTable(
            csv: [0xEF, 0xBB, 0xBF] + Array("date,symbol,open,high,low,close,volume\r\n\"2020-01-02\",\"BRK.B\",1,1,1,1,10\r\n".utf8))
        #expect(table.series[0].symbol == "BRK.B")
    }

    @Test(arguments: ["", "date,symbol,open,high,low,close\n", "hello\nworld\n", "date,symbol,open,high,low,close,volume\nx,y,1,1,1,1,1\n"])
    func `Text that is not a table is rejected in one sentence`(_ text: String) {
        #expect(throws: PriceTable.FormatError.self) { try table(text) }
    }

    @Test func `Origins are read by column name`() throws {
        let origins = try Origins.read(csv: Array("symbol,date\nA,2020-01-02\n".utf8))
        #expect(origins == [Origin(session: SessionDate(year: 2020, month: 1, day: 2), symbol: "A")])
        #expect(throws: PriceTable.FormatError.self) { try Origins.read(csv: Array("date,symbol\n2020-99-02,A\n".utf8)) }
    }

    @Test func `Symbols that end halfway do not end the table`() throws {
        let prices = SyntheticTable.table(symbols: 10, sessions: 600) { symbol, day, bar in symbol < 7 && day >= 300 ? nil : bar }
        #expect(prices.sessions().count == 600)
        let origins = Origins.standard(prices)
        #expect(origins.map(\.session).max() == SyntheticTable.start.advanced(by: 575))
        let late = SyntheticTable.table(symbols: 10, sessions: 100) { symbol, day, bar in
            symbol < 7 && day < 60 || symbol > 3 && day == 80 ? nil : bar
        }
        #expect(late.sessions().count == 99, "on day 80 four of ten have a row")
    }
}
