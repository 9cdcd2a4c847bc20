import Formats

/// The parts of an absolute `http` or `https` URL, as bytes on the wire: nothing is decoded or normalised.
package struct WebAddress: Hashable, Sendable {
    /// Lower-case.
    package let scheme: String
    /// Host with the port when the URL names one, as the `Host` header has it; a port that is the scheme's own is left out.
    package let authority: String
    /// Starts with a slash.
    package let path: String
    /// Without the question mark; `nil` when the URL has none.
    package let query: String?

    package var host: String {
        guard !authority.hasPrefix("[") else { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether the host is `localhost` or a numeric loopback address: a name such as `127.example.com` may lead anywhere.
    package var isLoopback: Bool {
        guard host != "localhost", host != "::1" else { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127"
            && numbers.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8($0) != nil }
    }

    /// `scheme://authority`.
    package var origin: String { "\(scheme)://\(authority)" }

    package init?(_ url: String) {
        guard let mark = url.utf8Range(of: "://") else { return nil }
        scheme = url[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[mark.upperBound...].utf8
        let end = rest.firstIndex { [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) } ?? rest.endIndex
        let named = String(url[mark.upperBound..<end]).lowercased()
        guard !named.isEmpty, !named.contains("@") else { return nil }
        let ownPort = scheme == "https" ? ":443" : ":80"
        authority = named.hasSuffix(ownPort) ? String(named.dropLast(ownPort.count)) : named
        let tail = rest[end...].prefix { $0 != UInt8(ascii: "#") }
        let question = tail.firstIndex(of: UInt8(ascii: "?"))
        let raw = String(decoding: tail[..<(question ?? tail.endIndex)], as: UTF8.self)
        path = raw.isEmpty ? "/" : raw
        query = question.map { String(decoding: tail[tail.index(after: $0)...], as: UTF8.self) }
    }
}

extension String {
    fileprivate func utf8Range(of text: StaticString) -> Range<String.Index>? {
        let wanted = text.withUTF8Buffer { Array($0) }
        var index = utf8.startIndex
        while index < utf8.endIndex {
            if utf8[index...].starts(with: wanted) { return index..<utf8.index(index, offsetBy: wanted.count) }
            index = utf8.index(after: index)
        }
        return nil
    }
}
