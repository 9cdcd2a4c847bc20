import Formats
import Testing

@Suite struct `Separated fields` {
    private func records(_ text: String, separator: Character = ",", comment: Character? = nil) throws(CSVReader.Malformed) -> [[String]] {
        try Array(text.utf8).withUnsafeBufferPointer { (bytes) throws(CSVReader.Malformed) in
            var reader = CSVReader(bytes, separator: separator.asciiValue ?? 0, comment: comment?.asciiValue)
            var records: [[String]] = []
            while try reader.next() { records.append(reader.fields.indices.map { reader.text($0) }) }
            return records
        }
    }

    @Test(arguments: ["a,b\nc,\n", "a,b\r\nc,\r\n", "a,b\rc,", "\u{FEFF}\n a,b"])
    func `Lines end with LF, CR LF or CR`(_ text: String) throws {
        #expect(try records(text).first?.last == "b")
        #expect(try records(text).dropFirst().allSatisfy { $0 == ["c", ""] })
    }

    @Test func `A quoted field holds separators, line ends and doubled quotes`() throws {
        #expect(try records("\"a,b\",\"say \"\"no\"\"\"\n\"two\nlines\",\"\"\n") == [["a,b", "say \"no\""], ["two\nlines", ""]])
        #expect(try records("\"a;b\";\"\"\"\"", separator: ";") == [["a;b", "\""]])
    }

    @Test func `Blank lines and comments are skipped`() throws {
        #expect(try records("# one\n\n \t\na,#b\n#\n", comment: "#") == [["a", "#b"]])
        #expect(try records(" ,\n") == [[" ", ""]])
    }

    @Test func `A quote that is never closed is an error with its line`() {
        let error = #expect(throws: CSVReader.Malformed.self) { try records("a,b\n\"two\nlines\",x\nc,\"d\ne,f\n") }
        #expect(error?.line == 4)
        #expect(error?.description == "line 4: a quote is opened and never closed")
    }

    @Test func `Text behind a closing quote is an error with its line`() throws {
        let error = #expect(throws: CSVReader.Malformed.self) { try records("a\n\"b\"c\n") }
        #expect(error?.reason == .textAfterQuote && error?.line == 2)
        #expect(try records("\"b\" ,c") == [["b", "c"]])
        #expect(try records("\"b\"\t ,c") == [["b", "c"]])
    }

    @Test func `A record knows its first line`() throws {
        try Array("a\n\n\"b\r\nb\"\nc".utf8).withUnsafeBufferPointer { bytes in
            var reader = CSVReader(bytes)
            var lines: [Int] = []
            while try reader.next() { lines.append(reader.line) }
            #expect(lines == [1, 3, 5])
        }
    }

    @Test(arguments: ["plain", "a,b", "\"", "two\nlines", ""])
    func `A written field is read back`(_ text: String) throws {
        #expect(try records(CSVWriter.record([text, "x"])) == [[text, "x"]])
    }
}
