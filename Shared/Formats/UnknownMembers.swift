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

/// A type whose JSON object has the members of its coding keys and no others, wherever it is read by `decodeStrictly`.
package protocol StrictlyDecodable: Decodable {
    associatedtype CodingKeys: CodingKey & CaseIterable
}

extension KeyedDecodingContainer {
    /// The objects of a list; nil if the member is absent or null.
    ///
    /// - Throws: `UnknownMember` for an object with a member that is none of its type's coding keys; `DecodingError`.
    package func decodeStrictly<Element: StrictlyDecodable>(_ type: [Element].Type, forKey key: Key) throws -> [Element]? {
        try decodeIfPresent([WithoutUnknownMembers<Element>].self, forKey: key)?.map(\.value)
    }
}

private struct WithoutUnknownMembers<Value: StrictlyDecodable>: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        try decoder.rejectUnknownMembers(but: Value.CodingKeys.self)
        value = try Value(from: decoder)
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
