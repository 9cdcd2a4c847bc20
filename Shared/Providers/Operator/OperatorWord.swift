package import Market

/// What an operator says of rows that the rules hold back: that they count, or that the rules decide again. It is kept among the answers of
/// the rows' provider, as an answer of a kind of its own, so that a rebuild hears it when the rows' future did.
///
/// ```json
/// {"counts": true, "reason": "the exchange confirms it", "sessions": ["2012-01-10"]}
/// ```
package struct OperatorWord: Hashable, Sendable, Encodable {
    package static let kind = ValidationRule.manualOverride

    /// In order.
    package let sessions: [SessionDate]
    package let counts: Bool
    package let reason: String

    package init(_ sessions: [SessionDate], counts: Bool, reason: String) {
        self.sessions = Set(sessions).sorted()
        self.counts = counts
        self.reason = reason
    }

    package init(_ body: [UInt8]) throws(ProviderRefusal) {
        let json: JSONValue
        do throws(JSONScanner.Malformed) { json = try JSONScanner.parse(body) } catch { throw ProviderRefusal(.notJSON, "\(error)") }
        let sessions = json["sessions"]?.elements?.map { $0.string.flatMap { SessionDate($0) } }
        guard let sessions, !sessions.isEmpty, !sessions.contains(nil), case .bool(let counts)? = json["counts"] else {
            throw ProviderRefusal(.malformed, "an operator's word has sessions and whether they count")
        }
        self.init(sessions.compactMap(\.self), counts: counts, reason: json["reason"]?.string ?? "")
    }
}
