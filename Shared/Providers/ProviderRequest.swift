/// An HTTP GET request to a provider.
package struct ProviderRequest: Sendable {
    /// The address, with the API key if the provider expects the key there. Never store or log it.
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
