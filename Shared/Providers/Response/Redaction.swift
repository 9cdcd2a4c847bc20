import Formats

/// Removes API keys from text and bytes that will be stored or logged.
///
/// A key is found as it is, in base64 (also inside a longer encoded text, as in `Authorization: Basic`) and in hexadecimal, and in each of
/// these forms with any of its characters percent-encoded or escaped as HTML or JSON does.
enum Redaction {
    static let mark = "[redacted]"

    /// Replaces each occurrence of a secret of at least four characters, and any word after a phrase such as "your API key as".
    static func redact(_ bytes: [UInt8], secrets: [String]) -> (body: [UInt8], changed: Bool) {
        var result = bytes
        let patterns = secrets.filter { $0.utf8.count >= 4 }.flatMap { SecretPattern.all(of: Array($0.utf8)) }
        let beginnings = (UInt8.min ... .max).map { byte in patterns.contains { $0.canBegin(with: byte) } }
        var changed = replace(in: &result) { bytes, start in
            guard beginnings[Int(bytes[start])] else { return nil }
            for pattern in patterns {
                if let range = pattern.match(in: bytes, at: start) { return range }
            }
            return nil
        }
        let phrase = Array("API key as ".utf8)
        changed =
            replace(in: &result) { bytes, start in
                guard bytes[start] == phrase[0], bytes[start...].starts(with: phrase) else { return nil }
                let word = bytes[(start + phrase.count)...].prefix(while: SecretPattern.isLetterOrDigit)
                return word.isEmpty ? nil : word.startIndex..<word.endIndex
            } || changed
        return (result, changed)
    }

    static func redact(_ text: String, secrets: [String]) -> String {
        String(decoding: redact(Array(text.utf8), secrets: secrets).body, as: UTF8.self)
    }

    /// Replaces each range that `match` finds; it is called with an index of the bytes. Without a match nothing is copied.
    private static func replace(in bytes: inout [UInt8], match: (UnsafeBufferPointer<UInt8>, Int) -> Range<Int>?) -> Bool {
        let result: [UInt8]? = bytes.withUnsafeBufferPointer { bytes in
            var result: [UInt8] = []
            var (kept, index, changed) = (0, 0, false)
            while index < bytes.count {
                guard let range = match(bytes, index) else {
                    index += 1
                    continue
                }
                if !changed { result.reserveCapacity(bytes.count) }
                result += bytes[kept..<max(kept, range.lowerBound)]
                result += mark.utf8
                (kept, index, changed) = (range.upperBound, range.upperBound, true)
            }
            guard changed else { return nil }
            return result + bytes[kept...]
        }
        guard let result else { return false }
        bytes = result
        return true
    }
}
