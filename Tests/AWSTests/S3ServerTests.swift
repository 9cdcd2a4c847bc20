import AWS
import Foundation
import HTTP
import TestSupport
import Testing

/// The S3 client against a real S3 server that checks signatures.
@Suite(.enabled(if: SeaweedTestServer.binary != nil, "BELLWETHER_WEED is not set"), SeaweedTestServer.Running(buckets: ["raw", "models"]))
struct S3ServerTests {
    let s3 = S3Client(HTTPClient(), environment: SeaweedTestServer.environment)

    @Test(arguments: ["plain.json", "a b+c%20d/ü&?#=.json", "raw/yahoo/^GSPC/BRK.B", "tilde~(x)!'*$,;:@.txt", "e\u{301}/\u{E9}", "日本/株"])
    func `What is put under an odd key comes back`(_ key: String) async throws {
        let body = Array("value of \(key)".utf8)
        try await s3.put(bucket: "raw", key: "odd/" + key, body: body, contentType: "application/json")
        let object = try await s3.get(bucket: "raw", key: "odd/" + key)
        #expect(object.body == body)
        #expect(object.head.contentType == "application/json")
        #expect(try await s3.head(bucket: "raw", key: "odd/" + key)?.size == body.count)
    }

    @Test func `Metadata keeps any text`() async throws {
        let metadata = ["source-url": "https://example.com/a?b=c", "note": "café  ¥ \u{1F4C8}", "blank": " x ", "word": "=?odd?="]
        try await s3.put(bucket: "raw", key: "metadata", body: [1], metadata: metadata)
        #expect(try await s3.get(bucket: "raw", key: "metadata").metadata.filter { metadata[$0.key] != nil } == metadata)
        let head = try #require(await s3.head(bucket: "raw", key: "metadata"))
        #expect(head.metadata["note"] == metadata["note"])
    }

    @Test func `The checksum is kept`() async throws {
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await s3.put(bucket: "raw", key: "sum", body: body)
        let object = try await s3.get(bucket: "raw", key: "sum")
        #expect(object.body == body)
        #expect(object.head.sha256 == Digest.sha256(body))
    }

    @Test func `Only the first of many conditional puts creates`() async throws {
        let s3 = s3
        let key = "race-\(UUID().uuidString)"
        let outcomes = try await withThrowingTaskGroup(of: PutOutcome.self) { group in
            for writer in 0..<8 {
                group.addTask { try await s3.put(bucket: "raw", key: key, body: [UInt8(writer)], ifNoneMatch: true) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .created }.count == 1)
        #expect(outcomes.filter { $0 == .existed }.count == 7)
    }

    @Test func `A missing object is a typed error`() async throws {
        let error = await #expect(throws: AWSError.self) { try await s3.get(bucket: "raw", key: "absent") }
        #expect(error?.code == .noSuchKey)
        #expect(error?.status == 404)
        #expect(try await s3.head(bucket: "raw", key: "absent") == nil)
    }

    @Test func `A missing bucket and a wrong secret are named`() async throws {
        let bucket = await #expect(throws: AWSError.self) { try await s3.get(bucket: "nosuch", key: "k") }
        #expect(bucket?.code == .noSuchBucket)
        var environment = SeaweedTestServer.environment
        environment["AWS_SECRET_ACCESS_KEY"] = "wrong"
        let stranger = S3Client(HTTPClient(), environment: environment)
        let secret = await #expect(throws: AWSError.self) { try await stranger.get(bucket: "raw", key: "k") }
        #expect(secret?.code == .signatureDoesNotMatch)
        #expect(secret?.status == 403)
    }

    @Test func `A listing goes through all pages in order`() async throws {
        let keys = (0..<23).map { "list/\($0 < 10 ? "0" : "")\($0) ü+&.json" }
        for key in keys { try await s3.put(bucket: "models", key: key, body: Array(key.utf8)) }
        var found: [String] = []
        for try await summary in s3.list(bucket: "models", prefix: "list/", pageSize: 5) {
            found.append(summary.key)
            #expect(summary.size == summary.key.utf8.count)
        }
        #expect(found == keys)
        var rest: [String] = []
        for try await summary in s3.list(bucket: "models", prefix: "list/", startAfter: keys[19]) { rest.append(summary.key) }
        #expect(rest == Array(keys[20...]))
        let folded = try await s3.page(bucket: "models", delimiter: "/")
        #expect(folded.commonPrefixes.contains("list/"))
    }

    @Test func `Deleted is gone and deleting twice is fine`() async throws {
        try await s3.put(bucket: "raw", key: "brief", body: [])
        #expect(try await s3.get(bucket: "raw", key: "brief").body.isEmpty)
        try await s3.delete(bucket: "raw", key: "brief")
        try await s3.delete(bucket: "raw", key: "brief")
        #expect(try await s3.head(bucket: "raw", key: "brief") == nil)
    }

    @Test func `A presigned URL works for any client`() async throws {
        try await s3.put(bucket: "raw", key: "shared file.txt", body: Array("hello".utf8))
        let signer = SigV4Signer(
            Credentials(accessKey: SeaweedTestServer.accessKey, secretKey: SeaweedTestServer.secretKey), region: "us-east-1", service: "s3")
        let request = HTTPRequest("GET", s3.url(bucket: "raw", key: "shared file.txt"))
        let url = try signer.presign(request, expires: 60, at: .now()).request.url
        let response = try await HTTPClient().send(HTTPRequest("GET", url), timeout: .seconds(10))
        #expect(response.text == "hello")
        let tampered = try await HTTPClient().send(HTTPRequest("GET", url + "0"), timeout: .seconds(10))
        #expect(tampered.status == 403)
    }
}
