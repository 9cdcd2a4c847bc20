import Formats
import FoundationEssentials
package import Market

/// The S3 key of a provider's response: `raw/<provider>/<kind>/<instrument or _many>/<event date>/<sha256>.<part>`.
///
/// Responses in which the provider reports an error have the same key under `rejected/`, which triggers no notification.
package struct ResponseKey: Hashable, Sendable, CustomStringConvertible {
    package enum Root: String, Sendable, Hashable { case raw, rejected }

    package let root: Root
    package let provider: String
    /// The kind of data in the response, such as `chart-1d` or `daily-adjusted`.
    package let kind: String
    /// The instrument's id; `nil` for a response about many instruments.
    package let instrument: String?
    package let date: SessionDate
    /// SHA-256 of the response's bytes, 64 lower-case hexadecimal digits.
    package let sha256: String
    /// Separates responses of one date that have the same bytes: the second of the day at which the response is known.
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

    /// Parses a key; `nil` if the text is not exactly a key's `description`.
    package init?(_ key: String) {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, let root = Root(rawValue: parts[0]), let date = SessionDate(parts[4]) else { return nil }
        let name = parts[5].split(separator: ".", omittingEmptySubsequences: false)
        guard name.count == 2, name[0].utf8.count == 64, let part = Int(name[1]) else { return nil }
        self.init(
            root: root, provider: Self.unescaped(parts[1]), kind: Self.unescaped(parts[2]),
            instrument: parts[3] == Self.manyInstruments ? nil : Self.unescaped(parts[3]),
            date: date, sha256: String(name[0]), part: part)
        guard description == key else { return nil }
    }

    /// The instrument of a folder `raw/<provider>/<kind>/<instrument>/`; `nil` for responses about many instruments and other folders.
    static func instrument(ofFolder prefix: String) -> String? {
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[4].isEmpty, parts[3] != manyInstruments, !parts[3].isEmpty else { return nil }
        return unescaped(String(parts[3]))
    }

    private static let manyInstruments = "_many"

    package var description: String {
        let folders = [root.rawValue, Self.escaped(provider), Self.escaped(kind), instrument.map(Self.escaped) ?? Self.manyInstruments]
        return folders.joined(separator: "/") + "/\(date)/\(sha256).\(part)"
    }

    /// Escapes the two characters that have a meaning in a key. S3 keys may contain all others, so general percent-encoding is not used.
    private static func escaped(_ name: String) -> String {
        name.replacing("%", with: "%25").replacing("/", with: "%2F")
    }

    private static func unescaped(_ segment: String) -> String {
        segment.replacing("%2F", with: "/").replacing("%25", with: "%")
    }
}
