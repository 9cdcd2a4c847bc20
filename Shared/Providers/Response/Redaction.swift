/// Removes API keys from text and bytes that will be stored or logged.
enum Redaction {
    static let mark = "[redacted]"

    /// Replaces each occurrence of a secret of at least four characters, and any word after a phrase such as "your API key as".
    static func redact(_ bytes: [UInt8], secrets: [String]) -> (body: [UInt8], changed: Bool) {
        var result = bytes
        var changed = false
        for secret in secrets where secret.utf8.count >= 4 {
            let pattern = Array(secret.utf8)
            changed = replace(in: &result, pattern) { _ in pattern.count } || changed
        }
        let named = replace(in: &result, Array("API key as ".utf8), skip: true) { rest in
            rest.prefix { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) }.count
        }
        return (result, changed || named)
    }

    static func redact(_ text: String, secrets: [String]) -> String {
        String(decoding: redact(Array(text.utf8), secrets: secrets).body, as: UTF8.self)
    }

    /// Replaces `length` bytes at (or, with `skip`, after) each occurrence of the pattern. Without one nothing is copied.
    private static func replace(
        in bytes: inout [UInt8], _ pattern: [UInt8], skip: Bool = false, length: (ArraySlice<UInt8>) -> Int
    ) -> Bool {
        var result: [UInt8] = []
        var (kept, changed) = (0, false)
        while let index = occurrence(of: pattern, in: bytes, from: kept) {
            if result.isEmpty { result.reserveCapacity(bytes.count) }
            let start = skip ? index + pattern.count : index
            let count = length(bytes[start...])
            result += bytes[kept..<start]
            if count > 0 { result += mark.utf8 }
            changed = changed || count > 0
            kept = start + count
        }
        guard changed else { return false }
        result += bytes[kept...]
        bytes = result
        return true
    }

    /// The first occurrence of a pattern from an index on.
    private static func occurrence(of pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = pattern.first, bytes.count - start >= pattern.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index <= bytes.count - pattern.count {
                if bytes[index] == first, bytes[index...].starts(with: pattern) { return index }
                index += 1
            }
            return nil
        }
    }
}
