import Formats

/// The first of Signature Version 4's texts: method, path, query, headers, names of the headers, hash of the body.
package struct CanonicalRequest: Sendable, Hashable {
    /// Names in lower case, sorted, joined with semicolons.
    package let signedHeaders: String
    /// Encoded and sorted.
    package let query: String
    package let text: String

    /// Headers that proxies and clients change on the way, and the signature itself.
    static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    /// - Parameters:
    ///   - path: as on the wire.
    ///   - query: as on the wire, without the question mark.
    ///   - headers: `Host` among them; a name may appear more than once.
    init(
        method: String, path: String, query: String, headers: [(name: String, value: String)], payloadHash: String, rule: PathRule
    ) {
        var values: [String: [String]] = [:]
        for (name, value) in headers where !Self.unsigned.contains(name.lowercased()) {
            values[name.lowercased(), default: []].append(Self.collapsed(value))
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        signedHeaders = names.joined(separator: ";")
        self.query = Self.sorted(query)
        let lines = names.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }.joined()
        text = [method, rule.apply(to: path), self.query, lines, signedHeaders, payloadHash].joined(separator: "\n")
    }

    /// Parameters encoded once, sorted by name, then by value; a name alone gets an equals sign.
    static func sorted(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { part in
            let equals = part.firstIndex(of: "=")
            return (
                name: PercentEncoding.encode(PercentEncoding.decode(part[..<(equals ?? part.endIndex)])),
                value: equals.map { PercentEncoding.encode(PercentEncoding.decode(part[part.index(after: $0)...])) } ?? ""
            )
        }
        let ordered = pairs.sorted { left, right in
            left.name.utf8.elementsEqual(right.name.utf8)
                ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8) : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        return ordered.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// Without blanks at the ends, and with one blank for each run of blanks and line ends inside.
    static func collapsed(_ value: String) -> String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        return value.utf8.split(whereSeparator: isBlank).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
}

/// How the path of a request becomes the path that is signed.
package enum PathRule: Sendable, Hashable {
    /// S3: encoded once, never normalised; `//` and `/../` are parts of a key.
    case once
    /// Every other service: the wire path encoded once more, after removing `.`, `..` and empty segments where `normalised`.
    case twice(normalised: Bool)

    func apply(to path: String) -> String {
        switch self {
        case .once: PercentEncoding.encode(PercentEncoding.decode(path), keeping: .path)
        case .twice(let normalised): PercentEncoding.encode(normalised ? Self.normalised(path) : path, keeping: .path)
        }
    }

    private static func normalised(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        return "/" + segments.joined(separator: "/") + (path.hasSuffix("/") && !segments.isEmpty ? "/" : "")
    }
}
