import HTTP
import Testing

@Suite struct WebAddressTests {
    @Test(
        arguments: [
            ("http://localhost:9000/", true), ("http://127.0.0.1/", true), ("https://127.255.3.4:8443/x", true), ("http://[::1]:80/", true),
            ("http://127.evil.com/", false), ("http://127.0.0.1.evil.com/", false), ("http://127.0.0.256/", false),
            ("http://127.0.0.+1/", false), ("http://127.0.0/", false), ("http://128.0.0.1/", false), ("http://localhost.evil.com/", false),
        ])
    func `Only numeric loopback addresses and localhost are loopback`(_ url: String, _ isLoopback: Bool) throws {
        #expect(try #require(WebAddress(url)).isLoopback == isLoopback)
    }
}
