import Foundation
import Market
import Providers
import Testing

/// Files as sites and spreadsheets write them.
@Suite struct CSVTests {
    private static let asOf = Instant(seconds: 1_800_000_000)
    private let file = CSVDaily()

    private func parse(_ text: String) throws -> ParsedResponse {
        try file.parse([UInt8](text.utf8), calendar: TradingCalendar.of(mic: "XNAS"), asOf: Self.asOf)
    }

    private func error(_ bytes: [UInt8]) -> ProviderError? { file.error(in: bytes) }

    @Test(arguments: [
        ["2012-01-03", "2012-01-20"], ["20120103", "20120120"], ["2012/01/03", "2012/1/20"], ["01/03/2012", "01/20/2012"],
        ["3/1/2012", "20/1/2012"], ["03.01.2012", "20.01.2012"], ["\"Jan 3, 2012\"", "\"January 20, 2012\""], ["3-Jan-12", "20-Jan-12"],
        ["01-03-2012", "01-20-2012"], ["2012-01-03T00:00:00Z", "2012-01-20 16:00:00"], ["1/3/12", "1/20/12"],
        ["3 Jan 2012", "20 Jan 2012"], ["20120103 160000", "20120120T16:00:00"], ["2012-01-03", "20120120"],
        ["2012-01-03", "20/1/2012"],
        ["01/03/2012 16:00:00", "01/20/2012 16:00:00"], [" 2012-01-03", " 2012-01-20"],
    ])
    func `Dates are parsed by the form of their column`(_ dates: [String]) throws {
        let response = try parse("Date,Open,High,Low,Close,Volume\n" + dates.map { "\($0),10,11,9,10.5,100\n" }.joined())
        #expect(response.bars.map(\.session.description) == ["2012-01-03", "2012-01-20"])
        #expect(response.flaggedRows.isEmpty)
    }

    /// Nine significant digits from 10⁻¹² to 10¹⁵, as plain decimals, as other programs write doubles, and with a decimal comma.
    @Test func `A price is imported with the value of its text`() throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNAS"))
        let sessions = calendar.sessions(from: SessionDate(day: 12_000), through: SessionDate(day: 13_000)).prefix(540)
        let prices = sessions.indices.map { index in
            Price(Double("\(100_000_001 + 1_555_555 * index)e\(index % 27 - 20)")!)!
        }
        let plain = prices.map(\.description)
        let commas = plain.map { "\"" + $0.replacing(".", with: ",") + "\"" }
        for texts in [plain, prices.map { "\($0.double)" }, commas] {
            let rows = zip(sessions, texts).map { "\($0),\($1),\($1),\($1),\($1),1\n" }.joined()
            let response = try parse("Date,Open,High,Low,Close,Volume\n" + rows)
            #expect(response.bars.map(\.close) == prices && response.flaggedRows.isEmpty)
        }
    }

    @Test func `Ambiguous and contradicting dates are rejected`() throws {
        let table = { (dates: [String]) in
            [UInt8](("date,open,high,low,close\n" + dates.map { "\($0),1,1,1,1\n" }.joined()).utf8)
        }
        for dates in [["01/03/2012", "01/04/2012"], ["01/20/2012", "20/01/2012"], ["2012-01-03", "05/01/2012"]] {
            let error = error(table(dates))
            #expect(error?.kind == .malformed && error?.detail.contains("write them as 2012-01-03") == true)
        }
        #expect(error(table(["02/02/2012"])) == nil)
        let odd = try file.parse(table(["13/13/2012", "01/20/2012", "x"]), calendar: nil, asOf: Self.asOf)
        #expect(odd.bars.count == 1 && odd.flaggedRows.map(\.rule) == ["bad-date", "bad-date"])
    }

    @Test(arguments: [
        ("$187.15", 187.15), ("\"1,234.50\"", 1234.5), ("\"$1,234,567.5\"", 1_234_567.5), ("187.15 USD", 187.15), ("€187.15", 187.15),
        ("\"1,234\"", 1234), ("1'234.5", 1234.5), ("1e3", 1000), ("+7.5", 7.5),
    ])
    func `Prices may have currency signs and thousands separators`(_ cell: String, _ price: Double) throws {
        let response = try parse("Date,Open,High,Low,Close\n2012-01-03,\(cell),\(cell),\(cell),\(cell)\n")
        #expect(response.bars.map(\.close) == [Price(price)!])
    }

    @Test func `Decimal commas of spreadsheets are read`() throws {
        let response = try parse(
            """
            Date;Open;High;Low;Close;Volume\r
            03.01.2012;1.234,50;1.300,00;1.200,25;1.250;1.200.000\r
            04.01.2012;12,5;13;12;12,75;850\r

            """)
        #expect(response.bars.map(\.open.description) == ["1234.5", "12.5"])
        #expect(response.bars.map(\.close.description) == ["1250", "12.75"])
        #expect(response.bars.map(\.volume) == [1_200_000, 850])
        let rates = try parse("Date;Open;High;Low;Close\n2012-01-03;1,304;1,305;1,301;1,302\n")
        #expect(rates.bars.map(\.close.description) == ["1.302"])
        let quoted = try parse("Date,Open,High,Low,Close\n2012-01-03,\"12,5\",\"13,0\",\"12,0\",\"1.234,0\"\n")
        #expect(quoted.flaggedRows.map(\.rule) == [ValidationRuleName.priceOrder])
    }

    @Test(arguments: ["7203.T", "1.5 %", "2.000 pieces, more or less", "v1.2", "1.25"])
    func `Only columns of numbers decide the decimal sign`(_ text: String) throws {
        let response = try parse("Symbol;Date;Open;High;Low;Close;Note\n\(text);2012-01-03;1,304;1,305;1,301;1,302;\(text)\n")
        #expect(response.bars.map(\.close.description) == ["1.302"])
        let quoted = try parse("Date,Note,Open,High,Low,Close\n2012-01-03,\"1,25\",\"1,304\",\"1,305\",\"1,301\",\"1,302\"\n")
        #expect(quoted.bars.map(\.close.description) == ["1302"])
    }

    @Test func `Quoted cells hold separators, doubled quotes and line ends`() throws {
        let response = try parse(
            "Date,\"Note, long\",Open,High,Low,Close\n2012-01-03,\"say \"\"no\"\", twice\",1,1,1,1\n2012-01-04,\"two\nlines\",2,2,2,2\n")
        #expect(response.bars.map(\.close.description) == ["1", "2"])
        #expect(response.flaggedRows.isEmpty)
    }

    @Test func `A quote that is never closed is an error with its line`() {
        let text = "Date,Note,Open,High,Low,Close\n2012-01-03,a,1,1,1,1\n2012-01-04,\"b,2,2,2,2\n2012-01-05,c,3,3,3,3\n"
        let error = error([UInt8](text.utf8))
        #expect(error?.kind == .malformed && error?.detail == "line 3: a quote is opened and never closed")
    }

    @Test func `The table forms of well-known sites are read`() throws {
        let investing = try parse(
            """
            "Date","Price","Open","High","Low","Vol.","Change %"
            "01/20/2012","420.30","427.49","427.50","419.75","103.49M","-1.74%"
            "01/03/2012","411.23","409.40","412.50","409.00","850K","1.54%"
            """)
        #expect(investing.bars.map(\.close.description) == ["411.23", "420.3"])
        #expect(investing.bars.map(\.volume) == [850_000, 103_490_000])
        let nasdaq = try parse("Date,Close/Last,Volume,Open,High,Low\n01/20/2012,$420.30,103490000,$427.49,$427.50,$419.75\n")
        #expect(nasdaq.bars.map(\.close.description) == ["420.3"])
        let yahoo = try parse(
            """
            # copied


            Date,Open,High,Low,Close*,Adj Close**,Volume
            "Jan 3, 2012",409.40,412.50,409.00,411.23,12.51,"75,555,200"
            # end
            """)
        #expect(yahoo.bars.map(\.close.description) == ["411.23"] && yahoo.bars[0].volume == 75_555_200)
        #expect(yahoo.flaggedRows.isEmpty)
    }

    @Test func `Empty volumes are zero, recorded once`() throws {
        let volumes = ["2012-01-03": "", "2012-01-04": "-", "2012-01-05": "7", "2012-01-06": "x"].sorted { $0.key < $1.key }
        let response = try parse("Date,Open,High,Low,Close,Volume\n" + volumes.map { "\($0.key),1,1,1,1,\($0.value)\n" }.joined())
        #expect(response.bars.map(\.volume) == [0, 0, 7])
        #expect(response.flaggedRows.map(\.rule) == ["absent-column", ValidationRuleName.nullField])
        #expect(response.flaggedRows[0].ordinal == 1 && response.flaggedRows[0].repairs.map(\.description) == ["volume null 0.0"])
    }

    @Test func `Latin-1 is read, and UTF-16 and UTF-32 are rejected by name`() throws {
        let text = "Date,Open,High,Low,Close\n2012-01-03,1,1,1,1\n"
        #expect(try parse("\u{FEFF}" + text.replacingOccurrences(of: "\n", with: "\r\n")).bars.count == 1)
        for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian] {
            let error = error([UInt8](try #require(text.data(using: encoding))))
            #expect(error?.kind == .malformed && error?.detail.contains("UTF-16") == true)
        }
        let latin = try #require("Date,Open,High,Low,Close,Währung\n2012-01-03,£1.50,£1.50,£1.50,£1.50,Übersee\n".data(using: .isoLatin1))
        #expect(try file.parse([UInt8](latin), calendar: nil, asOf: Self.asOf).bars.map(\.close.description) == ["1.5"])
    }

    @Test func `A file of several symbols is rejected`() {
        let text = "symbol,date,open,high,low,close\nA,2012-01-03,1,1,1,1\nB,2012-01-03,1,1,1,1\n"
        let error = error([UInt8](text.utf8))
        #expect(error?.kind == .malformed && error?.detail.contains("A and of B") == true)
    }

    @Test(arguments: [
        ("Date,", ["2012-01-03 15:30:00,", "2012-01-03 15:35:00,"]), ("Date,", ["1/13/2012 9:30,", "1/13/2012 9:35,"]),
        ("Date,Time,", ["20120103,1530,", "20120103,1535,"]), ("Datetime,", ["20120103 153000,", "20120104 153000,", "20120103 153500,"]),
    ])
    func `Several rows within one day are rejected`(_ header: String, _ stamps: [String]) throws {
        let table = { (stamps: [String]) in header + "Open,High,Low,Close\n" + stamps.map { $0 + "1,1,1,1\n" }.joined() }
        let rejected = error([UInt8](table(stamps).utf8))
        #expect(rejected?.kind == .malformed && rejected?.detail.hasPrefix("rows within a day, not of days") == true)
        #expect(try parse(table([stamps[0]])).flaggedRows.isEmpty)
        #expect(try parse(table([stamps[0], stamps[0]])).flaggedRows.map(\.rule) == [ValidationRuleName.duplicateSession])
    }

    @Test(arguments: ["oneword", "oneword\n", "hello world"])
    func `Text without columns is no table`(_ text: String) {
        let error = CSVDaily().error(in: Array(text.utf8))
        #expect(
            error?.description.hasPrefix("malformed: no table: the first line has no comma, semicolon or tab: ") == true, "\(error as Any)")
    }

    @Test func `A live row beside the final row of its day is a duplicate`() throws {
        let response = try parse("Date,Open,High,Low,Close\n2012-01-03,1,1,1,1\n2012-01-03 15:30:00,2,2,2,2\n")
        #expect(
            response.bars.map(\.close.description) == ["2"] && response.flaggedRows.map(\.rule) == [ValidationRuleName.duplicateSession])
    }

    @Test func `Stooq's bulk files are read, and its daily limit is recognised`() throws {
        let stooq = StooqDaily()
        let header = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\r\n"
        let response = try stooq.parse(
            [UInt8]((header + "AAPL.US,D,20120103,000000,12.4,12.5,12.3,12.45,264,0\r\n").utf8), calendar: nil, asOf: Self.asOf)
        #expect(response.adjusted.map(\.close.description) == ["12.45"] && response.adjusted.map(\.volume) == [264])
        let rejected = { (text: String) in stooq.error(in: [UInt8](text.utf8))?.kind }
        #expect(rejected(header + "AAPL.US,5,20120103,153500,12.4,12.5,12.3,12.45,264,0\r\n") == .malformed)
        #expect(rejected(header) == .emptyRange)
        #expect(rejected("Przekroczony dzienny limit wywolan") == .dailyQuota)
        #expect(rejected("Exceeded the daily hits limit\n") == .dailyQuota)
        #expect(rejected("<html><title>a, b</title></html>") == .unexpectedPage)
    }
}
