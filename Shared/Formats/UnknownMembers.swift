/// An object has a member that its reader does not know: most likely a misspelled optional one.
package struct UnknownMember: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let known: [String]

    package var description: String { "there is no field \"\(name)\"; known are \(known.joined(separator: ", "))" }
}

extension Decoder {
    /// Rejects an object with a member that is none of the keys. Without this check a misspelled optional member would be ignored.
    ///
    /// - Throws: `UnknownMember`, or `DecodingError` for a value that is no object.
    package func rejectUnknownMembers<Key: CodingKey & CaseIterable>(but keys: Key.Type) throws {
        for key in try container(keyedBy: AnyKey.self).allKeys where Key(stringValue: key.stringValue) == nil {
            throw UnknownMember(name: key.stringValue, known: keys.allCases.map(\.stringValue))
        }
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
