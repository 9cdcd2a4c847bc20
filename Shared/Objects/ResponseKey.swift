import FoundationEssentials
package import Market

/// The name of a provider's response in S3: `raw/<provider>/<kind>/<instrument or _many>/<event date>/<sha256>.<part>`.
///
/// What a provider refused lies under `refused/` with the same parts, where no notification looks.
package struct ResponseKey: Hashable, Sendable, CustomStringConvertible {
    package enum Root: String, Sendable, Hashable { case raw, refused }

    package let root: Root
    package let provider: String
    /// What was asked for, such as `chart` or `daily-adjusted`.
    package let kind: String
    /// `nil` for a response about many instruments.
    package let instrument: String?
    package let date: SessionDate
    /// Of the bytes, 64 lower-case hexadecimal digits.
    package let sha256: String
    /// Tells responses of one date with equal bytes apart: the second of the day that they are about.
    package let part: Int

    package init(
        root: Root = .raw, provider: String, kind: String, instrument: String?, date: SessionDate, sha256: String, part: Int = 0
    ) {
        self.root = root
        self.provider = provider
        self.kind = kind
        self.instrument = instrument
        self.date = date
        self.sha256 = sha256
        self.part = part
    }

    /// Reads a key; `nil` for anything that `description` would not write.
    package init?(_ key: String) {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, let root = Root(rawValue: parts[0]), let date = SessionDate(parts[4]) else { return nil }
        let name = parts[5].split(separator: ".", omittingEmptySubsequences: false)
        guard name.count == 2, name[0].utf8.count == 64, let part = Int(name[1]) else { return nil }
        self.init(
            root: root, provider: Self.plain(parts[1]), kind: Self.plain(parts[2]),
            instrument: parts[3] == Self.many ? nil : Self.plain(parts[3]),
            date: date, sha256: String(name[0]), part: part)
        guard description == key else { return nil }
    }

    private static let many = "_many"

    package var description: String {
        let folders = [root.rawValue, Self.segment(provider), Self.segment(kind), instrument.map(Self.segment) ?? Self.many]
        return folders.joined(separator: "/") + "/\(date)/\(sha256).\(part)"
    }

    /// A slash inside a name would be a folder, and a percent sign is what escapes it.
    private static func segment(_ name: String) -> String {
        name.replacing("%", with: "%25").replacing("/", with: "%2F")
    }

    private static func plain(_ segment: String) -> String {
        segment.replacing("%2F", with: "/").replacing("%25", with: "%")
    }
}
