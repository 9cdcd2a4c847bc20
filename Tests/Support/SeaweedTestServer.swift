import AWS
import Foundation
import HTTP
import Synchronization
package import Testing

/// SeaweedFS as an S3 server on free loopback ports in a temporary folder. It ends with the suite, or when the test process ends.
package final class SeaweedTestServer: Sendable {
    private let port: Int
    private let process: Process
    private let folder: URL

    package static let accessKey = "localkey"
    package static let secretKey = "localsecret"

    /// The path of `weed` from `BELLWETHER_WEED`; nil skips the tests.
    package static let binary: String? = {
        guard let path = ProcessInfo.processInfo.environment["BELLWETHER_WEED"] else {
            FileHandle.standardError.write(Data("SKIPPED: BELLWETHER_WEED is not set, nothing runs against a real S3 server\n".utf8))
            return nil
        }
        return path
    }()

    /// A shell script that ends the server on SIGTERM, or when its parent process has ended.
    private static let guardian = """
        "$@" >weed.log 2>&1 & pid=$!
        trap 'kill -9 $pid; exit' TERM
        while kill -0 $PPID 2>/dev/null && kill -0 $pid 2>/dev/null; do sleep 0.2; done
        kill -9 $pid
        """

    private static let current = Mutex<SeaweedTestServer?>(nil)

    /// The environment of clients of the running server.
    package static var environment: [String: String] {
        let port = current.withLock { $0?.port ?? 0 }
        return [
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(port)", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": accessKey,
            "AWS_SECRET_ACCESS_KEY": secretKey,
        ]
    }

    private init(binary: String, buckets: [String]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "bellwether-weed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "data"), withIntermediateDirectories: true)
        let identity = """
            {"identities":[{"name":"dev","credentials":[{"accessKey":"\(Self.accessKey)","secretKey":"\(Self.secretKey)"}],
            "actions":["Admin","Read","Write","List","Tagging"]}]}
            """
        try identity.write(to: folder.appending(path: "s3.json"), atomically: true, encoding: .utf8)
        let ports = FreePorts.take(10)
        port = ports[0]
        let names = [
            "s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
            "filer.port.grpc",
            "admin.port", "admin.port.grpc",
        ]
        let arguments =
            [
                "mini", "-dir=\(folder.path)/data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-s3.port.iceberg=0",
                "-s3.port.lance=0", "-webdav=false", "-admin.ui=false", "-s3.config=\(folder.path)/s3.json",
                "-bucket=\(buckets.joined(separator: ","))",
            ] + zip(names, ports).map { "-\($0)=\($1)" }
        process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.currentDirectoryURL = folder
        process.arguments = ["-c", Self.guardian, "sh", binary] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "TMPDIR": folder.path]
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// Waits until every bucket can be written to.
    private func waitUntilReady(_ buckets: [String]) async throws {
        let s3 = S3Client(HTTPClient(), environment: Self.environment, policy: AWSRetryPolicy(attempts: 1))
        for bucket in buckets {
            var isReady = false
            for _ in 0..<300 where !isReady {
                isReady = (try? await s3.put(bucket: bucket, key: "ready", body: [], deadline: .now + .seconds(2))) != nil
                if !isReady { try await Task.sleep(for: .milliseconds(100)) }
            }
            let log = (try? String(contentsOf: folder.appending(path: "weed.log"), encoding: .utf8)) ?? ""
            if !isReady { Issue.record("weed did not become ready: \(log.suffix(2000))") }
        }
    }

    private func stop() async {
        process.terminate()
        for _ in 0..<100 where process.isRunning { try? await Task.sleep(for: .milliseconds(50)) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs a suite between the start and the end of a server with these buckets.
    package struct Running: SuiteTrait, TestScoping {
        let buckets: [String]

        package init(buckets: [String]) { self.buckets = buckets }

        package func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws
        {
            guard let binary = SeaweedTestServer.binary else { return try await function() }
            let server = try SeaweedTestServer(binary: binary, buckets: buckets)
            SeaweedTestServer.current.withLock { $0 = server }
            let result = await Result { () async throws in
                try await server.waitUntilReady(buckets)
                try await function()
            }
            await server.stop()
            try result.get()
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
