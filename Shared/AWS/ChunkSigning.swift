/// Signatures inside a body sent as `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`: each chunk's depends on the one before.
extension SigV4Signer {
    /// The string to sign of one chunk and its signature in hexadecimal.
    ///
    /// - Parameter previous: the chunk before, or the signature of the request itself for the first chunk.
    package func signChunk(_ chunk: [UInt8], previous: String, at time: SigningTime) -> (stringToSign: String, signature: String) {
        let toSign = [
            "AWS4-HMAC-SHA256-PAYLOAD", time.stamp, scope(time), previous, Digest.sha256Hex([]), Digest.sha256Hex(chunk),
        ].joined(separator: "\n")
        return (toSign, signature(ofStringToSign: toSign, at: time))
    }

    /// A whole `aws-chunked` body: chunks of `size` bytes, and the empty one that ends it.
    package func chunkedBody(_ body: [UInt8], size: Int = 65_536, seed: String, at time: SigningTime) -> [UInt8] {
        var encoded: [UInt8] = []
        var previous = seed
        for start in Array(stride(from: 0, to: body.count, by: size)) + [body.count] {
            let chunk = Array(body[start..<min(start + size, body.count)])
            previous = signChunk(chunk, previous: previous, at: time).signature
            encoded += Array("\(String(chunk.count, radix: 16));chunk-signature=\(previous)\r\n".utf8) + chunk + Array("\r\n".utf8)
        }
        return encoded
    }
}
