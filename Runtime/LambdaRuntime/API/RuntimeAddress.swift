import Formats

/// Where the Runtime API listens: `host:port`, a URL, either with a path before the API's own paths, or `[::1]:port`.
struct RuntimeAddress: Sendable, Hashable {
    let host: String
    let port: UInt16
    /// Empty, or begins with a slash and does not end with one.
    let prefix: String

    init?(_ text: String) {
        var rest = Substring(text)
        if rest.lowercased().hasPrefix("http://") { rest = rest.dropFirst(7) }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var path = rest[slash...]
        while path.hasSuffix("/") { path = path.dropLast() }
        let authority = rest[..<slash]
        let bracket = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        let afterHost = bracket.map { authority.index(after: $0) } ?? authority.firstIndex(of: ":") ?? authority.endIndex
        let name = bracket.map { authority[authority.index(after: authority.startIndex)..<$0] } ?? authority[..<afterHost]
        let number = authority[afterHost...]
        guard !name.isEmpty, number.isEmpty || number.first == ":", let port = number.isEmpty ? 80 : UInt16(number.dropFirst()), port > 0,
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
        host = String(name)
        self.port = port
        prefix = String(path)
    }

    /// The value of the `Host` header.
    var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
