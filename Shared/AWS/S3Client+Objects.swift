import Formats
import HTTP

extension S3Client {
    /// Writes an object.
    ///
    /// - Parameters:
    ///   - metadata: names of letters, digits and hyphens; values of any text, 2 KB in all.
    ///   - ifNoneMatch: writes only if the key has no object, and returns `.existed` if it has one.
    @discardableResult
    package func put(
        bucket: String, key: String, body: [UInt8], metadata: [String: String] = [:], contentType: String = "application/octet-stream",
        ifNoneMatch: Bool = false, deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) async throws(AWSError) -> PutOutcome {
        var headers: [(name: String, value: String)] = [
            ("Content-Type", contentType), ("x-amz-checksum-sha256", Digest.base64(Digest.sha256(body))),
        ]
        if ifNoneMatch { headers.append(("If-None-Match", "*")) }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            headers.append(("x-amz-meta-\(name.lowercased())", MetadataText.encode(value)))
        }
        do throws(AWSError) {
            _ = try await call("PUT", bucket: bucket, key: key, headers: headers, body: body, deadline: deadline)
            return .created
        } catch {
            guard ifNoneMatch, error.status == 412 else { throw error }
            return .existed
        }
    }

    /// Reads an object and compares it with the SHA-256 or the length that the server stores.
    ///
    /// - Parameter maximumBytes: a larger object fails as `HTTPError.Kind.tooLarge`.
    package func get(
        bucket: String, key: String, versionId: String? = nil, maximumBytes: Int = 512 << 20,
        deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) async throws(AWSError) -> S3Object {
        let query = versionId.map { "versionId=\(PercentEncoding.encode($0))" } ?? ""
        let response = try await call(
            "GET", bucket: bucket, key: key, query: query, headers: [("x-amz-checksum-mode", "ENABLED")], maximumBytes: maximumBytes,
            deadline: deadline)
        let head = S3Head(response, size: response.body.count)
        if let sha256 = head.sha256, sha256 != Digest.sha256(response.body) {
            throw AWSError(.corrupted, "the bytes of \(key) do not match their SHA-256", status: response.status)
        }
        return S3Object(head: head, body: response.body)
    }

    /// Reads an object's metadata; `nil` if there is no object.
    package func head(
        bucket: String, key: String, deadline: ContinuousClock.Instant = .now + .seconds(30)
    ) async throws(AWSError) -> S3Head? {
        do throws(AWSError) {
            let response = try await call(
                "HEAD", bucket: bucket, key: key, headers: [("x-amz-checksum-mode", "ENABLED")], deadline: deadline)
            return S3Head(response, size: response[header: "Content-Length"].flatMap { Int($0) } ?? 0)
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    /// Removes an object, or a version of it. Without `versionId`, a versioned bucket hides the object and its versions stay. Removing an
    /// object that does not exist succeeds.
    package func delete(
        bucket: String, key: String, versionId: String? = nil, deadline: ContinuousClock.Instant = .now + .seconds(30)
    ) async throws(AWSError) {
        let query = versionId.map { "versionId=\(PercentEncoding.encode($0))" } ?? ""
        _ = try await call("DELETE", bucket: bucket, key: key, query: query, deadline: deadline)
    }
}

extension S3Head {
    init(_ response: HTTPResponse, size: Int) {
        self.size = size
        etag = response[header: "ETag"]
        versionId = response[header: "x-amz-version-id"]
        contentType = response[header: "Content-Type"]
        lastModified = response[header: "Last-Modified"]
        sha256 = response[header: "x-amz-checksum-sha256"].flatMap { Digest.bytes(base64: $0) }.flatMap { $0.count == 32 ? $0 : nil }
        let prefix = "x-amz-meta-"
        metadata = response.headers.reduce(into: [:]) { found, header in
            let name = header.name.lowercased()
            if name.hasPrefix(prefix) { found[String(name.dropFirst(prefix.count))] = MetadataText.decode(header.value) }
        }
    }
}
