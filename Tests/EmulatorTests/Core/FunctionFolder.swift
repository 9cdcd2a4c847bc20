import AWS
import Foundation

@testable import Emulator

/// A temporary folder with a state folder and a `bootstrap` in Python, whose behaviour depends on the event.
struct FunctionFolder: ~Copyable {
    let path: String
    var state: String { "\(path)/state" }
    static let credentials = Credentials(accessKey: "local", secretKey: "local-secret")

    init(bootstrap: String = Self.python) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "emulator-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(path)/code", withIntermediateDirectories: true)
        try bootstrap.write(toFile: "\(path)/code/bootstrap", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(path)/code/bootstrap")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func function(_ name: String, timeout: Int = 10, environment: [String: String] = [:], reserved: Int? = nil) -> FunctionDefinition {
        var variables = ["MARK": "\(path)/mark"]
        variables.merge(environment) { $1 }
        return FunctionDefinition(
            name: name, logicalID: name, handler: name, codePath: "\(path)/code", timeout: timeout, environment: variables,
            reservedConcurrency: reserved)
    }

    func configuration(_ functions: FunctionDefinition...) -> StackConfiguration {
        StackConfiguration(functions: functions, stateFolder: state, credentials: Self.credentials)
    }

    /// Lines that functions appended to the mark file.
    var marks: [String] {
        (try? String(contentsOfFile: "\(path)/mark", encoding: .utf8))?.split(separator: "\n").map(String.init) ?? []
    }

    /// Lets the invocations respond whose event has `hold`, the waiting and the later ones.
    func release() { _ = FileManager.default.createFile(atPath: "\(path)/mark.release", contents: nil) }

    /// Other processes whose command line or environment contains this folder's path.
    var processes: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter { id in
            guard let number = Int32(id), number != ProcessInfo.processInfo.processIdentifier else { return false }
            let line =
                (FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data())
                + (FileManager.default.contents(atPath: "/proc/\(id)/environ") ?? Data())
            return String(decoding: line, as: UTF8.self).contains(path)
        }
    }

    func log(_ function: String) -> String { (try? String(contentsOfFile: "\(state)/logs/\(function).log", encoding: .utf8)) ?? "" }

    static let python = #"""
        #!/usr/bin/env -S python3 -S
        import http.client, json, os, signal, subprocess, sys, time
        api = os.environ["AWS_LAMBDA_RUNTIME_API"]
        base = "/2018-06-01/runtime/"
        connection = http.client.HTTPConnection(api)

        def call(method, path, body=None, headers={}):
            connection.request(method, base + path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read()

        mode = os.environ.get("INIT")
        if mode == "error":
            call("POST", "init/error", json.dumps({"errorType": "Runtime.Custom", "errorMessage": "no database"}))
            sys.exit(1)
        if mode == "exit":
            sys.exit(3)
        if mode == "slow":
            time.sleep(float(os.environ["SLOW"]))
        served = 0
        while True:
            answer, body = call("GET", "invocation/next")
            head = {name.lower(): value for name, value in answer.getheaders()}
            id = head["lambda-runtime-aws-request-id"]
            event = json.loads(body)
            served += 1
            if "RECORD" in os.environ:
                with open(os.environ["MARK"], "a") as mark:
                    mark.write(json.dumps({"event": event, "headers": head}) + "\n")
            do = event.get("do", "echo") if isinstance(event, dict) else "echo"
            if isinstance(event, dict) and "mark" in event:
                with open(os.environ["MARK"], "a") as mark:
                    mark.write(str(event["mark"]) + "\n")
            if do == "echo":
                call("POST", f"invocation/{id}/response", body)
            elif do == "look":
                seen = {"headers": head, "environment": dict(os.environ), "served": served, "pid": os.getpid(), "folder": os.getcwd()}
                call("POST", f"invocation/{id}/response", json.dumps(seen))
            elif do == "error":
                error = json.dumps({"errorType": "Function.Odd", "errorMessage": "a\nb"})
                call("POST", f"invocation/{id}/error", error, {"Lambda-Runtime-Function-Error-Type": "Function.Odd"})
            elif do == "sleep":
                time.sleep(event["seconds"])
                call("POST", f"invocation/{id}/response", json.dumps({"pid": os.getpid()}))
            elif do == "hold":
                while not os.path.exists(os.environ["MARK"] + ".release"):
                    time.sleep(0.01)
                call("POST", f"invocation/{id}/response", json.dumps({"pid": os.getpid()}))
            elif do == "child":
                subprocess.Popen(["sleep", "600"])
                call("POST", f"invocation/{id}/response", "{}")
            elif do == "exit":
                sys.exit(event.get("code", 7))
            elif do == "hoard":
                held = b"x" * (event["megabytes"] << 20)
                time.sleep(60)
            elif do == "trap":
                os.kill(os.getpid(), signal.SIGILL)
            elif do == "big":
                answer, _ = call("POST", f"invocation/{id}/response", b'"' + b"x" * event["size"] + b'"')
                print("status", answer.status, flush=True)
            elif do == "log":
                for line in event["lines"]:
                    print(line, flush=True)
                call("POST", f"invocation/{id}/response", "{}")
            elif do == "stream":
                connection.putrequest("POST", base + f"invocation/{id}/response")
                connection.putheader("Transfer-Encoding", "chunked")
                connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
                connection.putheader("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
                connection.endheaders()
                for part in event["parts"]:
                    connection.send(b"%x\r\n%s\r\n" % (len(part), part.encode()))
                trailer = event.get("trailer", "")
                connection.send(b"0\r\n" + trailer.encode() + b"\r\n")
                connection.getresponse().read()
            elif do == "wrong":
                first = call("POST", "invocation/other/response", "{}")[0].status
                call("POST", f"invocation/{id}/response", json.dumps({"first": first}))
                event["last"] = call("POST", f"invocation/{id}/response", "{}")[0].status
                print("late", event["last"], flush=True)
            elif do == "flaky":
                count = len([line for line in open(os.environ["MARK"]) if line.strip() == str(event["mark"])])
                if count <= event["failures"]:
                    call("POST", f"invocation/{id}/error", json.dumps({"errorType": "Function.Flaky", "errorMessage": str(count)}))
                else:
                    call("POST", f"invocation/{id}/response", "{}")
        """#
}

extension EmulatedStack {
    func invoke(_ function: String, _ event: String) async throws -> InvocationResult {
        try await invoke(Invocation(function: function, payload: [UInt8](event.utf8)))
    }

    /// Advances to the end and returns the last line of progress.
    func runAdvance(to time: String) async throws -> AdvanceProgress? {
        var last: AdvanceProgress?
        for await step in try await advance(to: VirtualTime(time)!) { last = step }
        return last
    }
}

extension InvocationResult {
    var text: String { String(decoding: payload, as: UTF8.self) }
    var log: String { String(decoding: logTail, as: UTF8.self) }
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(payload))) as? [String: Any] ?? [:] }
}

/// Polls until the condition holds or a minute has passed.
func eventually(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<3000 {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return false
}
