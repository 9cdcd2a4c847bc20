import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// SeaweedFS as an S3 server in one folder, on loopback, telling a webhook of every change.
struct SeaweedServer: LocalServer {
    /// How many consecutive ports it takes from `port` on; the first one speaks S3.
    static let portCount = 9
    static let filerOffset = 5

    let name = "SeaweedFS"
    /// Holds `data/`, the configuration, `server.json` and the log.
    let folder: String
    /// The program `weed`.
    let program: String
    let port: Int
    let bucket: String
    let accessKey, secretKey: String
    /// Where changes go, and the bearer token that goes along; nil tells nobody.
    let webhook: (endpoint: String, token: String)?

    var log: String { "\(folder)/seaweedfs.log" }
    private var filer: Int { port + Self.filerOffset }

    static func mark(of folder: String) -> String { "-dir=\(folder)/data" }
    static func port(in arguments: [String]) -> Int? { arguments.firstNumber(after: "-s3.port=") }

    func launch() async throws(LocalServerError) -> ProcessIdentity {
        guard access(program, X_OK) == 0 else {
            throw .missing("the S3 server (\(program))", remedy: "start with Runtime/bellwether, which fetches it")
        }
        try StateFile.makeFolder("\(folder)/data")
        try StateFile.replace("\(folder)/s3.json", with: Array(identities.utf8))
        try StateFile.replace("\(folder)/notification.toml", with: Array(notification.utf8))
        // The program reads options back from here; ours are all on its command line.
        try? FileManager.default.removeItem(atPath: "\(folder)/data/mini.options")
        let options = [
            Self.mark(of: folder), "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-master.volumeSizeLimitMB=1024",
            "-s3.port=\(port)", "-s3.port.grpc=\(port + 1)", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.port=\(port + 2)",
            "-master.port.grpc=\(port + 3)", "-volume.port=\(port + 4)", "-filer.port=\(filer)", "-volume.port.grpc=\(port + 6)",
            "-filer.port.grpc=\(port + 7)", "-admin.ui=false", "-admin.port=\(port + 8)", "-admin.port.grpc=\(port + 8 + 10_000)",
            "-webdav=false", "-s3.config=s3.json", "-bucket=\(bucket)",
        ]
        return try DetachedProcess.start(
            [program, "mini"] + options, environment: ["PATH": "/usr/bin:/bin", "HOME": folder], folder: folder, log: log)
    }

    /// Ready once the S3 port answers and the bucket is there.
    func isReady(_ process: ProcessIdentity) async -> Bool {
        guard await HTTPProbe.status("HEAD", "/healthz", port: port) == 200 else { return false }
        return await HTTPProbe.status("HEAD", "/buckets/\(bucket)/", port: filer) == 200
    }

    func mayStartAgain() -> Bool { ServerLog.last(4096, of: log).contains("address already in use") }

    func prepare() async throws(LocalServerError) {}

    func stop(_ process: ProcessIdentity) async {
        process.signal(SIGTERM)
        if await !process.waitForEnd(.seconds(10)) { process.signal(SIGKILL) }
        _ = await process.waitForEnd(.seconds(2))
    }

    /// Whether a running server was started with this webhook and these keys.
    var isConfigured: Bool {
        func holds(_ file: String, _ text: String) -> Bool { FileManager.default.contents(atPath: "\(folder)/\(file)") == Data(text.utf8) }
        return holds("s3.json", identities) && holds("notification.toml", notification)
    }

    private var identities: String {
        """
        {"identities":[{"name":"bellwether","credentials":[{"accessKey":"\(accessKey)","secretKey":"\(secretKey)"}],\
        "actions":["Admin","Read","Write","List","Tagging"]}]}

        """
    }

    /// One worker keeps the order of changes, which the sentinel of the notifications relies on.
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
