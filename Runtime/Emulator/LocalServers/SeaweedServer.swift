import AWS
import Foundation
import HTTP

#if canImport(Glibc)
    import Glibc
#endif

/// SeaweedFS as an S3 server in one folder, on loopback ports; it posts every change to a webhook.
///
/// Any web page can send requests to loopback ports, so only the S3 port accepts any, and those have to be signed. The master and the filer
/// serve no requests over HTTP, the volume server wants tokens (`security.toml`), and browsers do not speak gRPC without TLS.
struct SeaweedServer: LocalServer {
    /// The number of consecutive ports from `port` on; the first one is the S3 API.
    static let portCount = 10

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
    /// A bucket without versions and notifications, for the sentinels of `ObjectNotifications`.
    static func sentinelBucket(of bucket: String) -> String { "\(bucket)-sentinels" }
    private var buckets: [String] { [bucket, Self.sentinelBucket(of: bucket)] }

    static func identifyingArgument(of folder: String) -> String { "-dir=\(folder)/data" }
    static func port(in arguments: [String]) -> Int? { arguments.firstNumber(after: "-s3.port=") }

    func launch() async throws(LocalServerError) -> ProcessIdentity {
        guard access(program, X_OK) == 0 else {
            throw .missing("the S3 server (\(program))", remedy: "start with Runtime/bellwether, which fetches it")
        }
        try StateFile.makePrivateFolder(folder)
        try StateFile.makePrivateFolder("\(folder)/data")
        try StateFile.replace("\(folder)/s3.json", with: Array(identities.utf8))
        try StateFile.replace("\(folder)/security.toml", with: Array(security.utf8))
        try StateFile.replace("\(folder)/notification.toml", with: Array(notification.utf8))
        // The program would read older options from here; all options are on its command line.
        try? FileManager.default.removeItem(atPath: "\(folder)/data/mini.options")
        let options = [
            Self.identifyingArgument(of: folder), "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false",
            "-master.volumeSizeLimitMB=1024",
            "-s3.port=\(port)", "-s3.port.grpc=\(port + 1)", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.port=\(port + 2)",
            "-master.port.grpc=\(port + 3)", "-volume.port=\(port + 4)", "-filer.port=\(port + 5)", "-volume.port.grpc=\(port + 6)",
            "-filer.port.grpc=\(port + 7)", "-admin.ui=false", "-admin.port=\(port + 8)", "-admin.port.grpc=\(port + 9)",
            "-webdav=false", "-disableHttp", "-s3.iam=false", "-s3.localSocket=s3.sock", "-filer.localSocket=filer.sock",
            "-s3.config=s3.json", "-bucket=\(buckets.joined(separator: ","))",
        ]
        return try DetachedProcess.start(
            [program, "mini"] + options, environment: ["PATH": "/usr/bin:/bin", "HOME": folder], folder: folder, log: log)
    }

    /// Ready when the S3 port knows the buckets.
    func isReady(_ process: ProcessIdentity) async -> Bool {
        let environment = [
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(port)", "AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey,
        ]
        let s3 = S3Client(Self.client, environment: environment, policy: AWSRetryPolicy(attempts: 1))
        for bucket in buckets {
            guard (try? await s3.isBucket(bucket, deadline: .now + .seconds(1))) == true else { return false }
        }
        return true
    }

    private static let client = HTTPClient()

    func failedTransiently() -> Bool { LogTail.text(of: log, bytes: 4096).contains("address already in use") }

    func prepare() async throws(LocalServerError) {}

    func stop(_ process: ProcessIdentity) async {
        process.signal(SIGTERM)
        if await !process.waitForEnd(.seconds(10)) { process.signal(SIGKILL) }
        _ = await process.waitForEnd(.seconds(2))
    }

    /// Whether the running server uses this webhook, these keys and these restrictions.
    var isConfigured: Bool {
        func contains(_ file: String, _ text: String) -> Bool {
            FileManager.default.contents(atPath: "\(folder)/\(file)") == Data(text.utf8)
        }
        return contains("s3.json", identities) && contains("notification.toml", notification) && contains("security.toml", security)
    }

    private var identities: String {
        """
        {"identities":[{"name":"bellwether","credentials":[{"accessKey":"\(accessKey)","secretKey":"\(secretKey)"}],\
        "actions":["Admin","Read","Write","List","Tagging"]}]}

        """
    }

    /// The keys of the tokens that the servers want from each other, derived from the secret key.
    private var security: String {
        ["signing", "signing.read", "filer_signing", "filer_signing.read"].map { name in
            "[jwt.\(name)]\nkey = \"\(Digest.hex(Digest.hmacSHA256(key: Array(secretKey.utf8), name)))\"\n"
        }.joined()
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
