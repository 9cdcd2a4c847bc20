import Formats
package import Market

/// An operator's decision about quarantined sessions: accept their bars, or leave them to the rules again.
///
/// It is archived among the responses of the rows' provider, as a response of its own kind, so that a rebuild applies it at the same point
/// in time.
///
/// ```json
/// {"accepted": true, "reason": "the exchange confirms it", "sessions": ["2012-01-10"]}
/// ```
package struct ManualOverride: Hashable, Sendable, Encodable {
    /// The kind of response in object keys.
    package static let kind = ValidationRuleName.manualOverride

    /// In order, without duplicates.
    package let sessions: [SessionDate]
    package let accepted: Bool
    package let reason: String

    package init(_ sessions: [SessionDate], accepted: Bool, reason: String) {
        self.sessions = Set(sessions).sorted()
        self.accepted = accepted
        self.reason = reason
    }

    /// Parses the JSON form.
    package init(_ body: [UInt8]) throws(ProviderError) {
        guard let json = try JSONView(response: body, limit: .actions) else { throw ProviderError(.malformed, "a manual override is JSON") }
        let sessions = json["sessions"]?.elements?.map { $0.string.flatMap { SessionDate($0) } }
        guard let sessions, !sessions.isEmpty, !sessions.contains(nil), let accepted = json["accepted"]?.bool else {
            throw ProviderError(.malformed, "a manual override needs \"sessions\" (dates) and \"accepted\" (true or false)")
        }
        self.init(sessions.compactMap(\.self), accepted: accepted, reason: json["reason"]?.string ?? "")
    }
}
