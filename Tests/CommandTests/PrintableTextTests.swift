import Testing

@testable import Command

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("\u{1B}]0;title\u{7}x", #"\u001b]0;title\u0007x"#), ("a\rb\u{8}", #"a\u000db\u0008"#), ("\u{9B}31m\u{7F}", #"\u009b31m\u007f"#),
        ("\u{202E}dcba\u{2028}\u{2066}", #"\u202edcba\u2028\u2066"#), ("\0", #"\u0000"#), ("e\u{301}\u{1B}", "e\u{301}\\u001b"),
    ])
    func `Characters that a terminal obeys are written as escapes`(_ text: String, _ shown: String) {
        #expect(PrintableText.of(text) == shown)
    }

    @Test(arguments: ["", "table\tof\nlines", "Ä – “x” 株 👩‍👩‍👧", #"{"a":"\u001b"}"#])
    func `Other text stays`(_ text: String) { #expect(PrintableText.of(text) == text) }

    @Test func `Windows line ends become line feeds`() { #expect(PrintableText.of("a\r\n\u{1B}\r\nb") == "a\n\\u001b\nb") }

    @Test(arguments: [
        ("{}", #"{"time":"T"}"#), (#" {"a":1e400, "b":12345678901234567890}"#, #" {"time":"T","a":1e400, "b":12345678901234567890}"#),
        (#"{"time":1}"#, #"{"time":1}"#), (#"{"Records":[]}"#, #"{"Records":[]}"#), (#"{"requestContext":{}}"#, #"{"requestContext":{}}"#),
        ("[1]", "[1]"), ("\"{\"", "\"{\""),
    ])
    func `An event gets a time and stays as it is`(_ event: String, _ sent: String) throws {
        #expect(String(decoding: try Invoke.withTime(Array(event.utf8), "T"), as: UTF8.self) == sent)
    }

    @Test(arguments: [Array("{\"a\":1,}".utf8), [0xFF, 0xFE, 0x7B, 0, 0x7D, 0], []])
    func `An event that is no JSON in UTF-8 is refused`(_ event: [UInt8]) {
        #expect(throws: CommandError.self) { try Invoke.withTime(event, "T") }
    }
}
