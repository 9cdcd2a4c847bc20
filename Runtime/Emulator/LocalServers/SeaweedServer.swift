import Foundation
import HTTP

#if canImport(Glibc)
    import Glibc
#endif

/// SeaweedFS as an S3 server in one folder, on loopback ports; it posts every change to a webhook.
struct SeaweedServer: LocalServer {
    /// The number of consecutive ports from `port` on; the first one is the S3 API.
    static let portCount = 9
    static let filerOffset = 5

    let name = "SeaweedFS"
    /// The folder of `data/`, the configuration, `server.json` and the log.
    let folder: String
    /// The path of `weed`.
    let program: String
    let port: Int
    let bucket: String
    let accessKey, secretKey: String
    /// The URL to which changes are posted, and their bearer token; nil posts nothing.
    let webhook: (endpoint: String, token: String)?

    var log: String { "\(folder)/seaweedfs.log" }
    private var filer: Int { port + Self.filerOffset }

    static func identifyingArgument(of folder: String) -> String { "-dir=\(folder)/data" }
    static func port(in arguments: [String]) -> Int? { arguments.firstNumber(after: "-s3.port=") }

    func launch() async throws(LocalServerError) -> ProcessIdentity {
        guard access(program, X_OK) == 0 else {
            throw .missing("the S3 server (\(program))", remedy: "start with Runtime/bellwether, which fetches it")
        }
        try StateFile.makeFolder("\(folder)/data")
        try StateFile.replace("\(folder)/s3.json", with: Array(identities.utf8))
        try StateFile.replace("\(folder)/notification.toml", with: Array(notification.utf8))
        // The program would read older options from here; all options are on its command line.
        try? FileManager.default.removeItem(atPath: "\(folder)/data/mini.options")
        let options = [
            Self.identifyingArgument(of: folder), "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false",
            "-master.volumeSizeLimitMB=1024",
            "-s3.port=\(port)", "-s3.port.grpc=\(port + 1)", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.port=\(port + 2)",
            "-master.port.grpc=\(port + 3)", "-volume.port=\(port + 4)", "-filer.port=\(filer)", "-volume.port.grpc=\(port + 6)",
            "-filer.port.grpc=\(port + 7)", "-admin.ui=false", "-admin.port=\(port + 8)", "-admin.port.grpc=\(port + 8 + 10_000)",
            "-webdav=false", "-s3.config=s3.json", "-bucket=\(bucket)",
        ]
        return try DetachedProcess.start(
            [program, "mini"] + options, environment: ["PATH": "/usr/bin:/bin", "HOME": folder], folder: folder, log: log)
    }

    /// Ready when the S3 port responds and the bucket exists.
    func isReady(_ process: ProcessIdentity) async -> Bool {
        guard await Self.responds(to: "/healthz", port: port) else { return false }
        return await Self.responds(to: "/buckets/\(bucket)/", port: filer)
    }

    /// Whether HEAD gets status 200 within one second.
    private static func responds(to path: String, port: Int) async -> Bool {
        let request = HTTPRequest("HEAD", "http://127.0.0.1:\(port)\(path)")
        return (try? await client.send(request, timeout: .seconds(1)))?.status == 200
    }

    private static let client = HTTPClient()

    func failedTransiently() -> Bool { LogTail.text(of: log, bytes: 4096).contains("address already in use") }

    func prepare() async throws(LocalServerError) {}

    func stop(_ process: ProcessIdentity) async {
        process.signal(SIGTERM)
        if await !process.waitForEnd(.seconds(10)) { process.signal(SIGKILL) }
        _ = await process.waitForEnd(.seconds(2))
    }

    /// Whether the running server uses this webhook and these keys.
    var isConfigured: Bool {
        func contains(_ file: String, _ text: String) -> Bool {
            FileManager.default.contents(atPath: "\(folder)/\(file)") == Data(text.utf8)
        }
        return contains("s3.json", identities) && contains("notification.toml", notification)
    }

    private var identities: String {
        """
        {"identities":[{"name":"bellwether","credentials":[{"accessKey":"\(accessKey)","secretKey":"\(secretKey)"}],\
        "actions":["Admin","Read","Write","List","Tagging"]}]}

        """
    }

    /// A single worker preserves the order of changes, which the sentinels of `ObjectNotifications` need.
    private var notification: String {
        guard let webhook else { return "[notification.webhook]\nenabled = false\n" }
        return """
            [notification.webhook]
            enabled = true
            endpoint = "\(webhook.endpoint)"
            bearer_token = "\(webhook.token)"
            workers = 1
            max_retries = 3
            backoff_seconds = 1
            max_backoff_seconds = 1
            buffer_size = 100000
            path_prefixes = ["/buckets/"]

            """
    }
}
