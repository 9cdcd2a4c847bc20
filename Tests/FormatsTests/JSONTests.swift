import Formats
import Foundation
import Testing

@Suite struct `JSON values` {
    private func parse(_ text: String, acceptsNonFinite: Bool = false) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8), acceptsNonFinite: acceptsNonFinite)
    }

    @Test func `Every kind of value is read`() throws {
        let value = try parse(#" {"a":[1,-2.5e1,null],"b":{"c":"\u00e9\ud83d\ude00\n"},"d":true,"e":[],"f":["x",null,2]} "#)
        #expect(value["a"] == .array([1, -25, .null]))
        #expect(value["b"]?["c"] == "é😀\n")
        #expect(value["d"] == true)
        #expect(value["e"]?.elements == [])
        #expect(value["f"] == .array(["x", .null, 2]))
        #expect(value.members?.map(\.key) == ["a", "b", "d", "e", "f"])
    }

    @Test func `Arrays of numbers and nulls are flat`() throws {
        let value = try parse("[1,null,3]")
        guard case .numbers(let numbers) = value else {
            Issue.record("not flat: \(value)")
            return
        }
        #expect(numbers.count == 3 && numbers[1].isNaN)
    }

    @Test(arguments: ["[1,null,3]", "[]", "[null]", "[1,\"a\"]", "[[1],[2]]", "[{\"a\":[1]}]"])
    func `A decoded array has the form of a parsed one`(_ text: String) throws {
        let (parsed, decoded) = (try parse(text), try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)))
        #expect("\(decoded)" == "\(parsed)")
        #expect(decoded.elements == parsed.elements && decoded.first == parsed.first)
    }

    @Test(arguments: [
        "", "{", "[1,]", "[1 2]", "{\"a\":1,}", "{a:1}", "01", "1.", "-", "1e", "nul", "\"\u{1}\"", #""\x""#, #""\ud83d""#, "1 1",
    ])
    func `Text that is not JSON is an error`(_ text: String) {
        #expect(throws: JSONReader.Malformed.self) { try parse(text) }
    }

    @Test func `NaN and infinities are nulls only where they are accepted`() throws {
        #expect(try parse("[NaN,-Infinity,Infinity]", acceptsNonFinite: true) == .array([.null, .null, .null]))
        #expect(throws: JSONReader.Malformed.self) { try parse("[NaN]") }
        #expect(throws: JSONReader.Malformed.self) { try parse("-Infinity") }
    }

    @Test func `The order of members does not count`() throws {
        #expect(try parse(#"{"a":1,"b":[1]}"#) == ["b": .numbers([1]), "a": 1])
        #expect(try parse(#"{"a":1}"#).hashValue == JSONValue(["a": 1]).hashValue)
    }

    @Test func `A value is written with its members in the order of their names`() {
        var writer = JSONWriter()
        writer.value(["b": .numbers([1, .nan]), "a": ["x": "\"", "n": .null]])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":{"n":null,"x":"\""},"b":[1,null]}"#)
    }

    @Test func `Nesting has a limit`() {
        #expect(throws: JSONReader.Malformed.self) { try parse(String(repeating: "[", count: 100)) }
    }
}
