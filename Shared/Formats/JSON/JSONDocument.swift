/// Checks a whole JSON text (RFC 8259, UTF-8 without a byte order mark) that is passed on as it is.
package enum JSONDocument {
    /// The most arrays and objects inside one another.
    package static let maximumDepth = 2000

    private static let limits = JSONReader.Limits(depth: maximumDepth)

    /// Whether the bytes are one JSON value. Numbers and texts may be of any size.
    package static func isValid(_ bytes: [UInt8]) -> Bool {
        guard bytes.first != 0xEF else { return false }
        do throws(JSONReader.Malformed) {
            try JSONReader.read(bytes, limits: limits) { (reader) throws(JSONReader.Malformed) in _ = try reader.skip() }
            return true
        } catch { return false }
    }

    /// The names of the members of an object; nil for any other value and for bytes that are not JSON.
    package static func memberNames(_ bytes: [UInt8]) -> Set<String>? {
        guard isValid(bytes) else { return nil }
        do throws(JSONReader.Malformed) {
            return try JSONReader.read(bytes, limits: limits) { (reader) throws(JSONReader.Malformed) in
                var names: Set<String> = []
                try reader.object { (reader, name) throws(JSONReader.Malformed) in
                    names.insert(name)
                    try reader.skip()
                }
                return names
            }
        } catch { return nil }
    }
}
