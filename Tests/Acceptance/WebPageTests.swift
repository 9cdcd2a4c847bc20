import AWS
import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import Emulator

/// What a page of another origin can do to a running deployment from a real browser. Chromium is needed: `Runtime/bellwether test --long`.
@Suite(
    .enabled(
        if: Deployment.isBuilt && Deployment.environment["BELLWETHER_LONG_TESTS"] != nil && Browser.program != nil,
        "needs Chromium and takes a minute: run `Runtime/bellwether test --long`"))
struct WebPageTests {
    private static let bucket = "bellwether"
    private static let key = "page-object.json"
    private static let text = "the text of an archived response"
    private static let hash = String(repeating: "0e", count: 32)

    @Test func `A page of another origin changes and reads nothing on any port`() async throws {
        let deployment = try await Deployment()
        do { try await attack(deployment) } catch {
            await deployment.remove()
            throw error
        }
        await deployment.remove()
    }

    private func attack(_ deployment: Deployment) async throws {
        let secrets = try deployment.secrets()
        let s3Port = try #require(ServerRecord.read("\(deployment.folder)/s3")?.port)
        let s3 = S3Client(
            HTTPClient(),
            environment: [
                "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(s3Port)", "AWS_ACCESS_KEY_ID": secrets.s3AccessKey,
                "AWS_SECRET_ACCESS_KEY": secrets.s3SecretKey,
            ], policy: .patient)
        try await s3.put(bucket: Self.bucket, key: Self.key, body: Array("first".utf8))
        try await s3.put(bucket: Self.bucket, key: Self.key, body: Array(Self.text.utf8))
        // Each running function has a port of its own.
        #expect(try await deployment.invoke("Migrate", "{}").status == 0)
        let seaweed = try #require(ServerRecord.read("\(deployment.folder)/s3")?.process?.pid)
        let ports = ListeningPorts.of(try #require(deployment.emulator)) + ListeningPorts.of(seaweed)
        let apiPort = try deployment.record().apiPort
        #expect(ports.contains(s3Port) && ports.contains(apiPort) && ports.count > 8, "\(ports)")
        let chunk = try #require(ChunkName.first(in: "\(deployment.folder)/s3/data", collection: Self.bucket))
        let requests = WebPageRequest.all(bucket: Self.bucket, key: Self.key, chunk: chunk) + Self.lambdaRequests
        let before = try await state(deployment, s3)

        let open = OpenServer()
        let done = try await Browser.run(AttackPage.html(requests, ports: ports + [open.port]), patience: .seconds(240))
        #expect(done, "the page has not ended")
        // The control: every request that a page may send without asking arrived at a server that takes it.
        for request in requests where ["GET", "POST"].contains(request.method) {
            #expect(open.seen.contains("\(request.method) \(request.path)"), "\(request.method) \(request.path) was not sent")
        }
        #expect(try await state(deployment, s3) == before)
        let revoked = try await deployment.invoke("Migrate", #"{"revoked_key":"\#(Self.hash)"}"#)
        #expect(revoked.status == 1 && revoked.output.contains("no API key with the SHA-256"), "the page has registered a key")

        // A name that its owner has pointed at this machine: the browser takes the port for the page's own origin.
        let s3Ports = Set(ListeningPorts.of(seaweed))
        for port in ports {
            let paths =
                s3Ports.contains(port)
                ? ["/\(Self.bucket)/\(Self.key)", "/buckets/\(Self.bucket)/"]
                : [port == apiPort ? "/emulator/status" : "/2018-06-01/runtime/invocation/next"]
            for path in paths {
                let page = try await Browser.text(of: "http://evil.example:\(port)\(path)")
                let isListed = path.hasSuffix("/") && page.contains(Self.key)
                #expect(!isListed && !page.contains(Self.text) && !page.contains("\"clock\""), "\(port)\(path): \(page)")
                if port == apiPort { #expect(page.contains("for other hosts are not served"), "\(page)") }
            }
        }
        #expect(try await state(deployment, s3) == before)
    }

    /// Requests to the API of the emulator and to the Runtime APIs of its functions.
    private static let lambdaRequests: [WebPageRequest] = [
        .init(
            method: "POST", path: "/2015-03-31/functions/bellwether-Migrate/invocations",
            body: #"{"api_key":{"name":"evil","sha256":"\#(hash)"}}"#),
        .init(method: "POST", path: "/emulator/clock?mode=held&at=2030-01-01T00:00:00Z"),
        .init(method: "POST", path: "/emulator/advance?to=2030-01-01T00:00:00Z"), .init(method: "GET", path: "/emulator/status"),
        .init(method: "POST", path: "/emulator/failed/discard", body: #"{"ids":["a"]}"#), .init(method: "POST", path: "/hook", body: "{}"),
        .init(method: "GET", path: "/2018-06-01/runtime/invocation/next"),
        .init(method: "POST", path: "/2018-06-01/runtime/init/error", body: "{}"),
        .init(method: "POST", path: "/2020-01-01/extension/register", body: #"{"events":["INVOKE"]}"#),
        .init(method: "DELETE", path: "/emulator/advance"),
    ]

    /// All versions of the objects with their contents, and the clock and the counts of the emulator.
    private func state(_ deployment: Deployment, _ s3: S3Client) async throws -> [String] {
        var lines: [String] = []
        for version in try await s3.versions(bucket: Self.bucket) {
            let object = try await s3.get(bucket: Self.bucket, key: version.key, versionId: version.versionId)
            lines.append("\(version.key) \(version.versionId ?? "-") \(Digest.sha256Hex(object.body))")
        }
        let status = try await deployment.command(["status"])
        // Environments may end meanwhile.
        return lines
            + status.output.split(separator: "\n").filter { $0.hasPrefix("Clock: ") || $0.hasPrefix("Events: ") || $0.contains("process ") }
            .map(String.init)
    }
}

/// A page that sends requests to ports of this machine in every way that a browser has.
private enum AttackPage {
    static func html(_ requests: [WebPageRequest], ports: [Int]) throws -> String {
        let list = String(decoding: try JSONEncoder().encode(requests), as: UTF8.self)
        return """
            <!doctype html><meta charset="utf-8"><body><script>
            const requests = \(list), ports = \(ports);
            const within = (promise) => Promise.race([promise.catch(() => 0), new Promise((done) => setTimeout(done, 2000))]);
            const image = (url) => new Promise((done) => { const i = new Image(); i.onload = i.onerror = done; i.src = url; });
            const form = (url, body, type) => new Promise((done) => {
              const frame = document.createElement("iframe"), form = document.createElement("form"), field = document.createElement("textarea");
              frame.name = "f" + Math.random();
              document.body.append(frame, form);
              Object.assign(form, { action: url, method: "post", enctype: type, target: frame.name });
              field.name = "file"; field.value = body; form.append(field);
              frame.onload = done; form.submit();
            });
            const send = async (request, base) => {
              const url = base + request.path, { method, body } = request;
              const types = ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"];
              const ways = [];
              if (method === "GET") ways.push(image(url), fetch(url, { mode: "no-cors" }), fetch(url));
              if (method === "POST") {
                for (const type of types) {
                  ways.push(fetch(url, { method, body, mode: "no-cors", headers: { "Content-Type": type } }));
                  ways.push(form(url, body, type.split(";")[0]));
                }
              }
              ways.push(fetch(url, { method, body: ["GET", "HEAD"].includes(method) ? undefined : body, headers: { "X-Other": "1" } }));
              await Promise.all(ways.map(within));
            };
            const attack = async (port) => {
              for (let at = 0; at < requests.length; at += 6)
                await Promise.all(requests.slice(at, at + 6).map((request) => send(request, "http://127.0.0.1:" + port)));
            };
            Promise.all(ports.map(attack)).then(() => fetch("/done", { method: "POST" }));
            </script>
            """
    }
}

/// A server that takes every request and notes it.
private final class OpenServer: Sendable {
    private let server: LoopbackServer
    var port: Int { server.port }

    /// Methods and targets.
    var seen: Set<String> {
        Set(
            server.seen.map { request in
                request.prefix { $0 != "\r" && $0 != "\r\n" }.split(separator: " ").prefix(2).joined(separator: " ")
            })
    }

    init() {
        server = .responding { _, _, connection in
            connection.respond(200, headers: ["Access-Control-Allow-Origin: *", "Content-Type: text/plain"], body: Array("ok".utf8))
        }
    }

    deinit { server.stop() }
}

/// Headless Chromium, for which every name under `example` is this machine.
private enum Browser {
    static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static let options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--host-resolver-rules=MAP *.example 127.0.0.1",
    ]

    /// Opens a page of the origin `http://evil.example` and waits until it posts to `/done`. Returns false if it does not in time.
    static func run(_ html: String, patience: Duration) async throws -> Bool {
        let server = LoopbackServer.responding { request, _, connection in
            connection.respond(
                200, headers: ["Content-Type: text/html"], body: request.hasPrefix("GET / ") ? Array(html.utf8) : [])
        }
        let folder = "/tmp/bellwether-browser-\(UUID().uuidString.prefix(8))"
        let process = Process()
        process.executableURL = URL(filePath: program ?? "")
        process.arguments = options + ["--user-data-dir=\(folder)", "--remote-debugging-port=0", "http://evil.example:\(server.port)/"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let end = ContinuousClock.now + patience
        var isDone = false
        while !isDone, ContinuousClock.now < end, process.isRunning {
            try await Task.sleep(for: .milliseconds(100))
            isDone = server.seen.contains { $0.hasPrefix("POST /done ") }
        }
        process.terminate()
        process.waitUntilExit()
        server.stop()
        try? FileManager.default.removeItem(atPath: folder)
        return isDone
    }

    /// The document that the browser makes of an address.
    static func text(of url: String) async throws -> String {
        let folder = "/tmp/bellwether-browser-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arguments = ["20", program ?? ""] + options + ["--user-data-dir=\(folder)", "--dump-dom", url]
        return try await Shell.run("/usr/bin/timeout", arguments, environment: ProcessInfo.processInfo.environment).output
    }
}
