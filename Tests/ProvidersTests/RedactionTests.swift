import Foundation
import Testing

@testable import Providers

/// The forms in which a response may repeat an API key.
@Suite struct RedactionTests {
    private static let key = "Se+cr/et=K&y_99-\"x"
    private static let plain = "SECRETKEY99"

    private func redacted(_ text: String, _ key: String) -> String { Redaction.redact(text, secrets: [key]) }

    @Test(arguments: [
        key, "Se%2Bcr%2Fet%3DK%26y_99-%22x", "Se%2bcr%2fet%3dK%26y_99-%22x", "%53%65%2B%63%72%2F%65%74%3D%4B%26%79%5F%39%39%2D%22%78",
        "Se%252Bcr%252Fet%253DK%2526y_99-%2522x", "Se+cr/et=K&amp;y_99-&quot;x", "Se&#43;cr&#x2F;et&#61;K&#38;y_99&#45;&#34;x",
        "Se&plus;cr&sol;et&equals;K&amp;y&lowbar;99-&quot;x", #"Se+cr\/et=K&y_99-\"x"#, #"Se\u002bcr\/et\u003dK\u0026y_99-\u0022x"#,
        #"\x53e+cr/et=K&y_99-\x22x"#,
    ])
    func `Every escaped form is removed`(_ form: String) {
        #expect(redacted("<a href='x?key=\(form)'>", Self.key) == "<a href='x?key=[redacted]'>")
    }

    @Test(arguments: ["", "u", "us", "user:", "a longer name:"], ["", "x", "xy", "xyz", " and more"])
    func `Base64 is removed wherever the key begins in it`(_ before: String, _ after: String) {
        for key in [Self.key, Self.plain, "??>>~~ÿÿÿ+/"] {
            let encoded = Data((before + key + after).utf8).base64EncodedString()
            #expect(redacted("Basic \(encoded)\"", key) == "Basic [redacted]\"")
            let url = encoded.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            #expect(redacted("t=\(url)&b", key) == "t=[redacted]&b")
            let percent = encoded.replacing("+", with: "%2B").replacing("/", with: "%2F")
            let rest = redacted("t=\(percent)&b", key)
            #expect(rest.contains("[redacted]") && rest.utf8.count < 60, "\(rest)")
        }
    }

    @Test func `Hexadecimal is removed`() {
        let digits = Self.plain.utf8.map { String($0, radix: 16) }.joined()
        #expect(redacted("a \(digits) \(digits.uppercased())", Self.plain) == "a [redacted] [redacted]")
    }

    @Test(arguments: [
        "", "%", "&", "\\", "&#;", "&#x;", "%2", "\\u12", "SECRETKEY9", "S%45CRET", "%53%45%43", "&amp;&amp;", "&#99999999999;",
    ])
    func `Other text stays`(_ text: String) {
        let body = Array("\(text) {\"a\":1.5} \(text)".utf8)
        let result = Redaction.redact(body, secrets: [Self.plain, Self.key])
        #expect(result.body == body && !result.changed)
    }

    @Test func `All occurrences of all secrets go and the rest stays`() {
        let text = "1\(Self.plain)2\(Self.key)3\(Self.plain)\(Self.plain)4"
        #expect(Redaction.redact(text, secrets: [Self.plain, Self.key]) == "1[redacted]2[redacted]3[redacted][redacted]4")
    }
}
