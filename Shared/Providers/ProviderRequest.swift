import Formats

/// An HTTP GET request to a provider. The key is in a header or in the address, as the provider wants it; `storedURL` never has it.
package struct ProviderRequest: Sendable {
    /// The address, with the API key if the provider expects the key there. Never store or log it.
    package let url: String
    /// The address without the API key, which is stored beside the response.
    package let storedURL: String
    package let headers: [(name: String, value: String)]

    package init(url: String, storedURL: String, headers: [(name: String, value: String)]) {
        self.url = url
        self.storedURL = storedURL
        self.headers = headers
    }

    /// A request for JSON with the key as the last parameter of its address; `url` has no key. A key of nil is left out.
    package init(url: String, keyQuery: (name: String, value: String)?) {
        let query = keyQuery.map { (url.contains("?") ? "&" : "?") + $0.name + "=" + PercentEncoding.encode($0.value) } ?? ""
        self.init(url: url + query, storedURL: url, headers: [(name: "Accept", value: "application/json")])
    }

    /// A request for JSON whose address has no key; `keyHeader` is the header with the key.
    package init(url: String, keyHeader: (name: String, value: String)? = nil) {
        self.init(url: url, storedURL: url, headers: [(name: "Accept", value: "application/json")] + (keyHeader.map { [$0] } ?? []))
    }
}
