import Formats
import HTTP

extension S3Client {
    /// One page of the keys under a prefix, in the order of their UTF-8 bytes.
    ///
    /// - Parameters:
    ///   - startAfter: the key after which the listing begins; ignored if there is a continuation.
    ///   - delimiter: keys with the same text up to the delimiter are listed once, as an element of `commonPrefixes`.
    ///   - pageSize: the largest number of keys and prefixes together, at most 1,000.
    package func page(
        bucket: String, prefix: String = "", startAfter: String? = nil, delimiter: String? = nil, pageSize: Int? = nil,
        continuation: String? = nil, deadline: ContinuousClock.Instant = .now + .seconds(30)
    ) async throws(AWSError) -> S3Page {
        let parameters: [(String, String?)] = [
            ("list-type", "2"), ("prefix", prefix.isEmpty ? nil : prefix), ("start-after", continuation == nil ? startAfter : nil),
            ("delimiter", delimiter), ("max-keys", pageSize.map { "\($0)" }), ("continuation-token", continuation),
            ("encoding-type", "url"),
        ]
        let query = parameters.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }.joined(separator: "&")
        let response = try await call("GET", bucket: bucket, key: nil, query: query, deadline: deadline)
        return try S3Page(parsing: response.body)
    }

    /// All keys under a prefix, page after page.
    package func list(
        bucket: String, prefix: String = "", startAfter: String? = nil, pageSize: Int? = nil,
        deadline: ContinuousClock.Instant = .now + .seconds(300)
    ) -> S3Listing {
        S3Listing(client: self, bucket: bucket, prefix: prefix, startAfter: startAfter, pageSize: pageSize, deadline: deadline)
    }
}

/// The keys under a prefix as a sequence that requests the next page when it is needed.
package struct S3Listing: AsyncSequence, Sendable {
    package typealias Element = S3Summary

    let client: S3Client
    let bucket: String
    let prefix: String
    let startAfter: String?
    let pageSize: Int?
    let deadline: ContinuousClock.Instant

    package struct Iterator: AsyncIteratorProtocol {
        let listing: S3Listing
        var buffered: ArraySlice<S3Summary> = []
        var continuation: String?
        var isLast = false

        package mutating func next(isolation: isolated (any Actor)? = #isolation) async throws(AWSError) -> S3Summary? {
            while buffered.isEmpty, !isLast {
                let page = try await listing.client.page(
                    bucket: listing.bucket, prefix: listing.prefix, startAfter: listing.startAfter, pageSize: listing.pageSize,
                    continuation: continuation, deadline: listing.deadline)
                buffered = page.keys[...]
                continuation = page.continuation
                isLast = page.continuation == nil
            }
            return buffered.popFirst()
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(listing: self) }
}

extension S3Page {
    /// Reads a `ListBucketResult`. Names are form-decoded only when the response marks them as encoded.
    package init(parsing body: [UInt8]) throws(AWSError) {
        guard let root = try? XMLNode(parsing: body), root.name == "ListBucketResult" else {
            throw AWSError(.unreadableResponse, "the listing is cut off or no XML", status: 200)
        }
        let isEncoded = root["EncodingType"] == "url"
        func name(_ text: String) -> String {
            isEncoded ? PercentEncoding.decodedText(text, plusAsBlank: true) : text
        }
        keys = root.all("Contents").compactMap { entry in
            guard let key = entry["Key"] else { return nil }
            return S3Summary(
                key: name(key), size: entry["Size"].flatMap { Int($0) } ?? 0, etag: entry["ETag"], lastModified: entry["LastModified"])
        }
        commonPrefixes = root.all("CommonPrefixes").compactMap { $0["Prefix"].map(name) }
        continuation = root["IsTruncated"] == "true" ? root["NextContinuationToken"] : nil
    }
}
