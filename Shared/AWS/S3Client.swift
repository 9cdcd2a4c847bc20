import Formats
package import HTTP
import Synchronization

/// Reads, writes and lists objects in S3 or in a server with the same protocol.
///
/// Every body is hashed into the signature and sent with `x-amz-checksum-sha256`. A custom endpoint and a bucket with dots
/// in its name are addressed by path, others by host.
package final class S3Client: Sendable {
    let endpoint: AWSEndpoint
    private let client: AWSClient
    /// By bucket, the region that S3 reported for a bucket outside of the endpoint's region.
    private let regions = Mutex<[String: String]>([:])

    /// - Parameter environment: `AWS_REGION`, `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`, and the credentials.
    package init(_ http: HTTPClient, environment: [String: String], policy: AWSRetryPolicy = AWSRetryPolicy()) {
        endpoint = AWSEndpoint(service: "s3", variable: "S3", environment)
        client = AWSClient(http, environment: environment, policy: policy)
    }

    /// A client with an HTTP client of its own, which trusts the certificates that `CertificateFile` finds.
    package convenience init(environment: [String: String]) {
        self.init(HTTPClient(caFile: CertificateFile.find(environment)), environment: environment)
    }

    /// The URL of a bucket or of an object in it.
    package func url(bucket: String, key: String?, region: String? = nil) -> String {
        let path = key.map { PercentEncoding.encode($0, keeping: .path) } ?? ""
        if let custom = endpoint.custom { return "\(custom)/\(bucket)/\(path)" }
        let host = AWSEndpoint.host("s3", region ?? endpoint.region)
        return bucket.contains(".") ? "https://\(host)/\(bucket)/\(path)" : "https://\(bucket).\(host)/\(path)"
    }

    /// Sends one request. If S3 reports that the bucket lies in another region, the request is sent once more, to that region.
    func call(
        _ method: String, bucket: String, key: String?, query: String = "", headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil, maximumBytes: Int = 64 << 20, deadline: ContinuousClock.Instant
    ) async throws(AWSError) -> HTTPResponse {
        guard S3Name.isBucket(bucket) else { throw AWSError(.invalidRequest, "\(bucket) is no bucket name") }
        if let key, key.isEmpty || key.utf8.count > 1024 { throw AWSError(.invalidRequest, "a key has 1 to 1024 bytes") }
        let known = regions.withLock { $0[bucket] }
        func attempt(_ region: String) async throws(AWSError) -> HTTPResponse {
            let request = HTTPRequest(
                method, url(bucket: bucket, key: key, region: region) + (query.isEmpty ? "" : "?" + query), headers: headers, body: body,
                maximumBytes: maximumBytes, acceptsCompression: false, isIdempotent: true)
            return try await client.send(request, service: "s3", region: region, deadline: deadline) { response in
                S3ErrorResponse.of(response, bodyIsObject: method == "GET" && key != nil)
            }
        }
        do throws(AWSError) {
            return try await attempt(known ?? endpoint.region)
        } catch {
            guard let named = error.bucketRegion, named != known ?? endpoint.region, AWSEndpoint.isRegion(named),
                [301, 307, 400, 403].contains(error.status)
            else { throw error }
            regions.withLock { $0[bucket] = named }
            return try await attempt(named)
        }
    }
}

enum S3Name {
    /// Lower-case letters, digits, dots and hyphens (older buckets also underscores and capitals), 3 to 255 bytes.
    static func isBucket(_ name: String) -> Bool {
        (3...255).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || "-._".utf8.contains($0)
            }
    }
}
