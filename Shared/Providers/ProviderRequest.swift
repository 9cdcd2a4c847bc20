/// An HTTP GET request to a provider.
package struct ProviderRequest: Sendable {
    /// The address with the API key, where the provider wants it there. Never store or log it.
    package let url: String
    /// The address without the API key.
    package let storedURL: String
    package let headers: [(name: String, value: String)]

    package init(url: String, storedURL: String, headers: [(name: String, value: String)]) {
        self.url = url
        self.storedURL = storedURL
        self.headers = headers
    }

    /// A request for JSON whose address has no key; `keyHeader` is the header with the key.
    package init(url: String, keyHeader: (name: String, value: String)? = nil) {
        self.init(url: url, storedURL: url, headers: [(name: "Accept", value: "application/json")] + (keyHeader.map { [$0] } ?? []))
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters: `^GSPC`, `EURUSD=X`, `BRK.B` fit in a path or a query.
func percentEncoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): bytes.append(byte)
        default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
