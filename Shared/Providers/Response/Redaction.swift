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

    /// Replaces `length` bytes at (or, with `skip`, after) each occurrence of the pattern.
    private static func replace(
        in bytes: inout [UInt8], _ pattern: [UInt8], skip: Bool = false, length: (ArraySlice<UInt8>) -> Int
    ) -> Bool {
        guard let first = pattern.first, bytes.count >= pattern.count else { return false }
        var result: [UInt8] = []
        var changed = false
        var index = 0
        while index < bytes.count {
            guard bytes[index] == first, bytes[index...].starts(with: pattern) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if skip {
                result += pattern
                index += pattern.count
            }
            let count = length(bytes[index...])
            if count > 0 {
                result += Array(mark.utf8)
                index += count
                changed = true
            }
        }
        if changed { bytes = result }
        return changed
    }
}
