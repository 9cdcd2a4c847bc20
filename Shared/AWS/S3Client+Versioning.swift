import Formats
import HTTP

extension S3Client {
    /// Enables versioning of a bucket: a later write to a key adds a version and removes none.
    package func keepVersions(of bucket: String, deadline: ContinuousClock.Instant) async throws(AWSError) {
        let body =
            #"<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>"#
        _ = try await call(
            "PUT", bucket: bucket, key: nil, query: "versioning=", headers: [("Content-Type", "application/xml")],
            body: Array(body.utf8), deadline: deadline)
    }

    /// Whether a bucket exists.
    package func isBucket(_ bucket: String, deadline: ContinuousClock.Instant) async throws(AWSError) -> Bool {
        do throws(AWSError) {
            _ = try await call("HEAD", bucket: bucket, key: nil, deadline: deadline)
            return true
        } catch {
            guard error.status == 404 else { throw error }
            return false
        }
    }

    /// Every version of every object under a prefix, without delete markers.
    package func versions(
        bucket: String, prefix: String = "", pageSize: Int? = nil, deadline: ContinuousClock.Instant = .now + .seconds(300)
    ) async throws(AWSError) -> [S3Version] {
        var found: [S3Version] = []
        var next: (key: String, version: String?)?
        while true {
            let parameters: [(String, String?)] = [
                ("versions", ""), ("prefix", prefix.isEmpty ? nil : prefix), ("max-keys", pageSize.map { "\($0)" }),
                ("key-marker", next?.key), ("version-id-marker", next?.version), ("encoding-type", "url"),
            ]
            let query = parameters.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }.joined(
                separator: "&")
            let page = try S3VersionPage(parsing: try await call("GET", bucket: bucket, key: nil, query: query, deadline: deadline).body)
            found += page.versions
            guard let marker = page.next else { return found }
            guard marker.key != next?.key || marker.version != next?.version else {
                throw AWSError(.unreadableResponse, "the listing of versions does not advance", status: 200)
            }
            next = marker
        }
    }
}

/// One version of an object in a listing.
package struct S3Version: Sendable, Hashable {
    package let key: String
    /// `null` for an object that was put before its bucket had versions.
    package let versionId: String?
    /// Bytes.
    package let size: Int
    package let etag: String?
    /// ISO 8601, as sent.
    package let lastModified: String?
}

/// One response of a listing of versions.
private struct S3VersionPage {
    let versions: [S3Version]
    /// Where the next page begins; nil on the last page.
    let next: (key: String, version: String?)?

    /// Reads a `ListVersionsResult`. Names are form-decoded only when the response marks them as encoded.
    init(parsing body: [UInt8]) throws(AWSError) {
        guard let root = try? XMLNode(parsing: body), root.name == "ListVersionsResult" else {
            throw AWSError(.unreadableResponse, "the listing of versions is cut off or no XML", status: 200)
        }
        let isEncoded = root["EncodingType"] == "url"
        func name(_ text: String) -> String { isEncoded ? PercentEncoding.decodedText(text, plusAsBlank: true) : text }
        versions = root.all("Version").compactMap { entry in
            guard let key = entry["Key"] else { return nil }
            return S3Version(
                key: name(key), versionId: entry["VersionId"], size: entry["Size"].flatMap { Int($0) } ?? 0, etag: entry["ETag"],
                lastModified: entry["LastModified"])
        }
        let marker = root["IsTruncated"] == "true" ? root["NextKeyMarker"] : nil
        next = marker.map { (name($0), root["NextVersionIdMarker"]) }
    }
}
