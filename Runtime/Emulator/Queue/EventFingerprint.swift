import Hashing

/// A 128-bit hash of an event id (FNV-1a), stored once the event is finished. JSON: 32 hexadecimal digits.
struct EventFingerprint: Hashable, Sendable, Codable {
    private let hash: UInt128

    init(_ id: String) { hash = FNV1a128.hash(id) }

    /// 32 hexadecimal digits.
    var text: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = UInt128(try container.decode(String.self), radix: 16) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected 32 hexadecimal digits")
        }
        self.hash = hash
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension AsyncEvent {
    static let apiPrefix = "invoke/"

    /// Whether a source derives the id from content, so that the same event can be accepted again. Ids of API calls are random.
    static func isRepeatable(_ id: String) -> Bool { !id.hasPrefix(apiPrefix) }

    /// The request id of every delivery of the event.
    var requestID: String {
        if id.hasPrefix(Self.apiPrefix) { return String(id.dropFirst(Self.apiPrefix.count)) }
        var rest = EventFingerprint(id).text[...]
        var parts: [Substring] = []
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}
