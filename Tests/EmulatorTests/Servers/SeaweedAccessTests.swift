import AWS
import Foundation
import HTTP
import TestSupport
import Testing

@testable import Emulator

/// What a web page of another origin gets from the ports of the real S3 server.
@Suite(.enabled(if: !WebhookSeaweedServer.isMissing), .serialized) struct SeaweedAccessTests {
    @Test func `No request of a web page reads, changes or deletes an object`() async throws {
        let server = try ProtectedSeaweed()
        let process = try await server.seaweed.start()
        let ports = ListeningPorts.of(process.pid)
        #expect(ports.count >= SeaweedServer.portCount && ports.contains(server.seaweed.port), "\(ports)")
        try await server.putObjects()
        let before = try await server.state()
        let chunk = try #require(ChunkName.first(in: "\(server.folder)/s3/data", collection: server.bucket))
        for request in WebPageRequest.all(bucket: server.bucket, key: ProtectedSeaweed.key, chunk: chunk) {
            for port in ports {
                let what = "\(request.method) \(port - server.seaweed.port)\(request.path)"
                guard let response = try await Self.send(request, to: port) else { continue }
                // Errors of S3 repeat the path.
                let secrets = [ProtectedSeaweed.text] + (request.path.contains(ProtectedSeaweed.key) ? [] : [ProtectedSeaweed.key])
                #expect(!secrets.contains { response.text.contains($0) }, "\(what)")
                let isStatusPage = WebPageRequest.statusPages.contains(request.path)
                #expect(response.status >= 400 || isStatusPage || request.method == "OPTIONS", "\(what): \(response.status)")
                if response.status < 400, !response.body.isEmpty {
                    #expect(response.header("access-control-allow-origin") == nil, "\(what): \(response.text.prefix(200))")
                }
            }
        }
        #expect(try await server.state() == before)
        await server.remove(process)
    }

    /// The same requests against a server without protection: they would find an open door.
    @Test func `The same requests destroy an unprotected archive`() async throws {
        let first = try LoopbackPorts.free(WebhookSeaweedServer.portCount)
        let ports = Array(first..<first + WebhookSeaweedServer.portCount)
        let server = try WebhookSeaweedServer(hook: 9, ports: ports)
        try await server.start()
        try await server.put(ProtectedSeaweed.key, ProtectedSeaweed.text)
        #expect(try await server.http.call("GET", "/\(server.bucket)/\(ProtectedSeaweed.key)").text == ProtectedSeaweed.text)
        let master = try #require(try await Self.send(.init(method: "GET", path: "/col/delete?collection=\(server.bucket)"), to: ports[2]))
        #expect(master.status == 204)
        #expect(try await server.http.call("GET", "/\(server.bucket)/\(ProtectedSeaweed.key)").status >= 400)
        let filer = try #require(
            try await Self.send(.init(method: "DELETE", path: "/buckets/\(server.bucket)?recursive=true"), to: ports[6]))
        #expect(filer.status == 204 && filer.header("access-control-allow-origin") == "*")
        server.end()
    }

    /// The tokens that the servers want from each other do not cut the store off from its data after a crash.
    @Test func `Objects and versions survive a kill`() async throws {
        let server = try ProtectedSeaweed()
        let first = try await server.seaweed.start()
        try await server.putObjects()
        let before = try await server.state()
        first.signal(SIGKILL)
        #expect(await first.waitForEnd(.seconds(5)))
        let second = try await server.seaweed.start()
        #expect(try await server.state() == before)
        try await server.putObjects()
        #expect(try await server.state() != before)
        await server.remove(second)
    }

    /// Sends the request as a browser would for a page of another origin; nil when the port does not speak HTTP.
    private static func send(_ request: WebPageRequest, to port: Int) async throws -> PlainHTTP.Response? {
        let headers = [
            ("Origin", "http://evil.example"), ("Referer", "http://evil.example/"), ("Sec-Fetch-Site", "cross-site"),
            ("User-Agent", "Mozilla/5.0"), ("Content-Type", "multipart/form-data; boundary=x"), ("X-Forwarded-For", "192.0.2.1"),
            ("Access-Control-Request-Method", "PUT"),
        ]
        do {
            return try await PlainHTTP(port: port, patience: 3).call(
                request.method, request.path, headers: headers, body: Array(request.body.utf8))
        } catch is PlainHTTP.Failure {
            return nil
        }
    }
}

/// The S3 server as `up` starts it, with two objects of which one has two versions.
struct ProtectedSeaweed {
    static let key = "raw-object-key.json"
    static let text = "the text of an archived response"

    let folder: String
    let bucket = "archive"
    let seaweed: SeaweedServer
    let s3: S3Client

    init() throws {
        folder = "/tmp/bellwether-seaweed-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        seaweed = SeaweedServer(
            folder: "\(folder)/s3", program: WebhookSeaweedServer.program ?? "", port: try LoopbackPorts.free(SeaweedServer.portCount),
            bucket: bucket, accessKey: "AK", secretKey: "a secret key", webhook: nil)
        let environment = [
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(seaweed.port)", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "a secret key",
        ]
        s3 = S3Client(HTTPClient(), environment: environment, policy: .patient)
    }

    func putObjects() async throws {
        try await s3.keepVersions(of: bucket, deadline: .now + .seconds(10))
        try await s3.put(bucket: bucket, key: Self.key, body: Array("first".utf8))
        try await s3.put(bucket: bucket, key: Self.key, body: Array(Self.text.utf8))
        try await s3.put(bucket: bucket, key: "large", body: [UInt8](repeating: 7, count: 5 << 20))
    }

    /// Ends the server and removes its folder.
    func remove(_ process: ProcessIdentity) async {
        process.signal(SIGKILL)
        _ = await process.waitForEnd(.seconds(5))
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Every version with the bytes of each object, and what else is in the file tree.
    func state() async throws -> [String] {
        var lines: [String] = []
        for version in try await s3.versions(bucket: bucket) {
            let object = try await s3.get(bucket: bucket, key: version.key, versionId: version.versionId)
            lines.append("\(version.key) \(version.versionId ?? "-") \(Digest.sha256Hex(object.body))")
        }
        let volumes = (FileManager.default.enumerator(atPath: "\(folder)/s3/data")?.compactMap { $0 as? String } ?? []).sorted()
        return lines + volumes.filter { $0.hasSuffix(".dat") }
    }
}
