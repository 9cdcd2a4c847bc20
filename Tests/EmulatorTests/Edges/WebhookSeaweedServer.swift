import Formats
import Foundation

@testable import Emulator

/// SeaweedFS in a temporary folder, without access keys, that posts changes to the port `hook`.
final class WebhookSeaweedServer: @unchecked Sendable {  // the process is only touched by one test at a time
    static let program = ProcessInfo.processInfo.environment["BELLWETHER_WEED"]
    static var isMissing: Bool {
        if program == nil {
            print("SKIPPED: set BELLWETHER_WEED to the program `weed` to test object notifications against a real server.")
        }
        return program == nil
    }

    static let portCount = 10

    let folder: String
    let ports: [Int]
    let bucket = "objects"
    var http: PlainHTTP { PlainHTTP(port: ports[0]) }
    private var process: Process?
    private let starts = NSLock()
    private var count = 0

    init(hook: Int, ports: [Int]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("weed-\(UUID().uuidString)").path
        self.ports = ports
        try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
        try #"{"identities":[{"name":"anonymous","actions":["Admin","Read","Write","List","Tagging"]}]}"#
            .write(toFile: folder + "/s3.json", atomically: true, encoding: .utf8)
        try """
        [notification.webhook]
        enabled = true
        endpoint = "http://127.0.0.1:\(hook)/hook"
        bearer_token = "secret"
        timeout_seconds = 10
        max_retries = 3
        backoff_seconds = 1
        max_backoff_seconds = 1
        workers = 1
        buffer_size = 100000
        path_prefixes = ["/buckets/"]
        """.write(toFile: folder + "/notification.toml", atomically: true, encoding: .utf8)
    }

    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program ?? "")
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.arguments = [
            "mini", "-dir=data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-s3.port=\(ports[0])",
            "-s3.port.grpc=\(ports[1])", "-master.port=\(ports[2])", "-master.port.grpc=\(ports[3])", "-volume.port=\(ports[4])",
            "-volume.port.grpc=\(ports[5])", "-filer.port=\(ports[6])", "-filer.port.grpc=\(ports[7])", "-admin.port=\(ports[8])",
            "-admin.port.grpc=\(ports[9])", "-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false",
            "-s3.config=s3.json", "-bucket=\(bucket),sentinels",
        ]
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        self.process = process
        starts.withLock { count += 1 }
        for _ in 0..<1200 {
            if await (try? http.call("HEAD", "/sentinels"))?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw PlainHTTP.Failure()
    }

    func kill() {
        guard let process else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    func end() {
        kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var generationCount: Int { starts.withLock { count } }
}

extension WebhookSeaweedServer: ObjectStore {
    func generation() async throws -> String { String(generationCount) }

    func putSentinel(_ key: String) async throws {
        guard try await http.call("PUT", "/sentinels/\(key)").status == 200 else { throw PlainHTTP.Failure() }
    }

    func removeSentinel(_ key: String) async throws { _ = try await http.call("DELETE", "/sentinels/\(key)") }

    func put(_ key: String, _ body: String = "x") async throws {
        let answer = try await http.call("PUT", "/\(bucket)/\(key)", body: Array(body.utf8))
        guard answer.status == 200 else { throw PlainHTTP.Failure() }
    }

    func enableVersions() async throws {
        let body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        guard try await http.call("PUT", "/\(bucket)?versioning", body: Array(body.utf8)).status == 200 else { throw PlainHTTP.Failure() }
    }

    func objects(bucket: String, prefix: String) async throws -> [StoredObject] {
        var (result, marker): ([StoredObject], String) = ([], "")
        while true {
            let answer = try await http.call("GET", "/\(bucket)?versions&prefix=\(prefix)&encoding-type=url\(marker)")
            guard answer.status == 200 else { throw PlainHTTP.Failure() }
            for part in answer.text.components(separatedBy: "<Version>").dropFirst() {
                func field(_ name: String) -> String {
                    part.components(separatedBy: "<\(name)>").dropFirst().first?.components(separatedBy: "</\(name)>").first ?? ""
                }
                let isEncoded = answer.text.contains("<EncodingType>url")
                let key = isEncoded ? PercentEncoding.decodedText(field("Key"), plusAsBlank: true) : field("Key")
                let date = ISO8601DateFormatter()
                date.formatOptions =
                    field("LastModified").contains(".") ? [.withInternetDateTime, .withFractionalSeconds] : .withInternetDateTime
                result.append(
                    StoredObject(
                        bucket: bucket, key: key,
                        etag: field("ETag").replacingOccurrences(of: "&#34;", with: "\"").replacingOccurrences(of: "&quot;", with: "\""),
                        size: Int64(field("Size")) ?? -1, versionID: field("VersionId"),
                        modified: date.date(from: field("LastModified")).flatMap { Int64(checked: $0.timeIntervalSince1970) } ?? 0))
            }
            guard answer.text.contains("<IsTruncated>true") else { return result }
            func next(_ name: String) -> String {
                answer.text.components(separatedBy: "<\(name)>").dropFirst().first?.components(separatedBy: "<").first ?? ""
            }
            marker = "&key-marker=\(next("NextKeyMarker"))&version-id-marker=\(next("NextVersionIdMarker"))"
        }
    }
}
