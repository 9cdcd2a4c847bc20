import Formats

/// The canonical request of Signature Version 4: method, path, query, headers, names of the headers, hash of the body.
package struct CanonicalRequest: Sendable, Hashable {
    /// The names of the signed headers in lower case, sorted, joined with semicolons.
    package let signedHeaders: String
    /// The query with encoded and sorted parameters.
    package let query: String
    package let text: String

    /// Headers that are not signed: proxies and clients may change them, and `Authorization` contains the signature.
    static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    /// - Parameters:
    ///   - path: the path of the URL that is sent.
    ///   - query: the query of the URL that is sent, without the question mark.
    ///   - headers: all headers with `Host`; a name may appear more than once.
    init(
        method: String, path: String, query: String, headers: [(name: String, value: String)], payloadHash: String, rule: PathRule
    ) {
        self.init(method, path, query, headers, payloadHash, rule) { !Self.unsigned.contains($0) }
    }

    /// The text of a request that was received.
    ///
    /// - Parameter signed: the names of its signed headers, in lower case.
    init(
        method: String, path: String, query: String, headers: [(name: String, value: String)], payloadHash: String, rule: PathRule,
        signed: Set<String>
    ) {
        self.init(method, path, query, headers, payloadHash, rule) { signed.contains($0) }
    }

    private init(
        _ method: String, _ path: String, _ query: String, _ headers: [(name: String, value: String)], _ payloadHash: String,
        _ rule: PathRule, isSigned: (String) -> Bool
    ) {
        var values: [String: [String]] = [:]
        for (name, value) in headers where isSigned(name.lowercased()) {
            values[name.lowercased(), default: []].append(Self.collapsed(value))
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        signedHeaders = names.joined(separator: ";")
        self.query = Self.sorted(query)
        let lines = names.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }.joined()
        text = [method, rule.apply(to: path), self.query, lines, signedHeaders, payloadHash].joined(separator: "\n")
    }

    /// The parameters encoded once, sorted by name, then by value. A name without a value gets an equals sign.
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

    /// The value without white space at its ends, and with one blank for each run of white space inside.
    static func collapsed(_ value: String) -> String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        return value.utf8.split(whereSeparator: isBlank).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
}

/// The rule by which the path of a request becomes the signed path.
package enum PathRule: Sendable, Hashable {
    /// The rule of S3: the path is encoded once and not normalised, because `//` and `/../` can be parts of a key.
    case once
    /// The rule of every other service: the sent path is encoded once more, if `normalised` without `.`, `..` and empty segments.
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
