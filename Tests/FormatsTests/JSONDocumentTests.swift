import Testing

@testable import Formats

@Suite struct JSONDocumentTests {
    @Test(arguments: [
        "{}", " [1, 2] \r\n", "null", "1e400", "-0.5E-999", #"{"a":"\u001b"}"#, "\"\u{9b}\u{7f}\"",
        String(repeating: "[", count: 600) + String(repeating: "]", count: 600),
        "123456789012345678901234567890", #"{"a":1,"a":2}"#,
    ])
    func `Any JSON is valid`(_ text: String) { #expect(JSONDocument.isValid(Array(text.utf8))) }

    @Test(arguments: [
        "", "{\"a\":1,}", "[1,]", "{'a':1}", "NaN", "01", "[1] 2", "{\"a\"}", "\"\u{1b}\"", "\u{FEFF}{}", "// x\n{}",
        String(repeating: "[", count: 100_000),
    ])
    func `Other text is not`(_ text: String) { #expect(!JSONDocument.isValid(Array(text.utf8))) }

    @Test func `Other encodings are not`() {
        let text = "{\"a\":1}"
        #expect(
            !JSONDocument.isValid(text.utf8.flatMap { [$0, 0] }) && !JSONDocument.isValid([0xFF, 0xFE] + text.utf8.flatMap { [$0, 0] }))
        #expect(!JSONDocument.isValid([0x22, 0xFF, 0x22]) && !JSONDocument.isValid([0x22, 0xC0, 0x80, 0x22]))
    }

    @Test func `Only an object has member names`() {
        #expect(JSONDocument.memberNames(Array(#"{"a":[{"b":1e400}],"c":{}}"#.utf8)) == ["a", "c"])
        for text in ["[]", "1", "{\"a\":1,}"] { #expect(JSONDocument.memberNames(Array(text.utf8)) == nil) }
    }
}
