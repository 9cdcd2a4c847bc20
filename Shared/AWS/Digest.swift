import COpenSSL
import Formats
import FoundationEssentials

/// SHA-256 and HMAC-SHA-256 by libcrypto.
package enum Digest {
    /// The SHA-256 of bytes: 32 bytes.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { input in digest { openssl_shim_sha256(input.baseAddress, input.count, $0) } }
    }

    /// The HMAC-SHA-256 of a text's UTF-8: 32 bytes.
    package static func hmacSHA256(key: [UInt8], _ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return digest { openssl_shim_hmac_sha256(key, key.count, bytes, bytes.count, $0) }
    }

    /// The 32 bytes that `compute` writes; it returns 1, or another number when libcrypto fails.
    ///
    /// A failure ends the process: keys, signatures and stored hashes depend on the digest, and no other value may stand for it.
    static func digest(_ compute: (UnsafeMutablePointer<UInt8>) -> Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            guard let start = output.baseAddress, compute(start) == 1 else { fatalError("libcrypto computed no SHA-256") }
            count = 32
        }
    }

    /// Compares secrets in a time that depends on their lengths only.
    package static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The SHA-256 of bytes as 64 lower-case hexadecimal digits.
    package static func sha256Hex(_ bytes: [UInt8]) -> String { hex(sha256(bytes)) }

    /// Bytes as lower-case hexadecimal, two digits per byte.
    package static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Bytes as base64 with padding.
    package static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The bytes of base64 text with padding; `nil` for any other text.
    package static func bytes(base64 text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }
}
