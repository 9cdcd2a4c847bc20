import Testing

@testable import Command

@Suite struct PriceFileTests {
    @Test func `A table of many symbols is split by symbol`() throws {
        let text = "\u{FEFF}Date;Ticker;Open\r\n2012-01-03;A;1\r\n2012-01-03;\"B.C\";2\r\n2012-01-04;A;3\r\n;;\r\n"
        let parts = try PriceFile(text, isTable: true).parts
        #expect(parts.map(\.symbol) == ["A", "B.C"])
        #expect(parts.first?.body.split(whereSeparator: \.isNewline).count == 3)
        #expect(parts.last?.body.contains("2012-01-03;\"B.C\";2") == true && parts.last?.body.contains("2012-01-04") == false)
    }

    @Test func `Quoted fields hold separators and line ends`() throws {
        let text = "date,symbol,note\n2012-01-03,\"A,B\",\"two\nlines\"\n2012-01-04,C,\n"
        let parts = try PriceFile(text, isTable: true).parts
        #expect(parts.map(\.symbol) == ["A,B", "C"])
        #expect(parts.first?.body == "date,symbol,note\n2012-01-03,\"A,B\",\"two\nlines\"\n")
        let error = #expect(throws: CommandError.self) { try PriceFile("date,symbol\n2012-01-03,\"A\n2012-01-04,C\n", isTable: true) }
        #expect(error?.description.contains("line 2: a quote is opened and never closed") == true)
    }

    @Test func `Blanks around symbols do not count`() throws {
        #expect(try PriceFile("date, Symbol \n2012-01-03,  A \n2012-01-04,A\t\n", isTable: true).parts.map(\.symbol) == ["A"])
    }

    @Test(arguments: [("date,open\n2012-01-03,1\n", true), ("[{\"symbol\":\"A\"}]", false)])
    func `A file of one symbol stays unchanged`(_ text: String, isTable: Bool) throws {
        #expect(try PriceFile(text, isTable: isTable).parts == [PriceFile.Part(symbol: nil, body: text)])
    }

    @Test(arguments: ["date,symbol\n2012-01-03,A\n\n2012-01-04,\n", "date,symbol\r\n2012-01-03,A\r\n,\r\n2012-01-04\r\n"])
    func `A row without a symbol is an error with its line`(_ text: String) {
        let failure = #expect(throws: CommandError.self) { try PriceFile(text, isTable: true) }
        #expect(failure?.description.contains("line 4 has no symbol") == true)
    }
}
