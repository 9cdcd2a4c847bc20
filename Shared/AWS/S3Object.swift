/// The metadata of one object in S3.
package struct S3Head: Sendable, Hashable {
    /// Bytes.
    package let size: Int
    /// The entity tag with its quotes; in general not a digest of the content.
    package let etag: String?
    package let versionId: String?
    package let contentType: String?
    /// User metadata: names in lower case without `x-amz-meta-`, values decoded.
    package let metadata: [String: String]
    /// SHA-256 of the whole object, 32 bytes, where the server stores it.
    package let sha256: [UInt8]?
    /// As the server writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package let lastModified: String?
}

/// An object with its bytes.
package struct S3Object: Sendable {
    package let head: S3Head
    package let body: [UInt8]

    package var metadata: [String: String] { head.metadata }
    package var etag: String? { head.etag }
    package var versionId: String? { head.versionId }
}

/// The outcome of writing an object that may exist already.
package enum PutOutcome: Sendable, Hashable {
    /// The object was written.
    case created
    /// The key had an object already; nothing was written.
    case existed
}

/// One key of a listing.
package struct S3Summary: Sendable, Hashable {
    /// S3 compares keys by bytes, Swift by canonical equivalence: two keys that differ in normalisation are equal here.
    package let key: String
    /// Bytes.
    package let size: Int
    package let etag: String?
    /// ISO 8601, as sent.
    package let lastModified: String?
}

/// One response of a listing: at most 1,000 keys and prefixes together.
package struct S3Page: Sendable, Hashable {
    package let keys: [S3Summary]
    package let commonPrefixes: [String]
    /// Opaque; `nil` on the last page.
    package let continuation: String?
}
