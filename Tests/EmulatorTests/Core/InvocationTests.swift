import Foundation
import Testing

@testable import Emulator

@Suite struct InvocationTests {
    @Test func `An invocation returns its log and the process is reused`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("Echo")))
        let first = try await stack.invoke("Echo", #"{"a":1}"#)
        #expect(first.text == #"{"a":1}"#)
        #expect(first.functionError == nil)
        #expect(first.log.contains("START RequestId: \(first.requestID) Version: $LATEST\n"))
        #expect(first.log.contains("END RequestId: \(first.requestID)\n"))
        let report = try #require(first.log.split(separator: "\n").last { $0.hasPrefix("REPORT") })
        #expect(
            report.wholeMatch(
                of:
                    #/
                        REPORT\ RequestId:\ \S+\tDuration:\ \d+\.\d\d\ ms\tBilled\ Duration:\ \d+\ ms\tMemory\ Size:\ 128\ MB
                        \tMax\ Memory\ Used:\ [1-9]\d*\ MB\tInit\ Duration:\ \d+\.\d\d\ ms
                    /#
            ) != nil, "\(report)")
        let second = try await stack.invoke("Echo", #"{"do":"look"}"#)
        #expect(second.json["served"] as? Int == 2)
        #expect(!second.log.contains("Init Duration"))
        #expect(await stack.status().functions[0].coldStarts == 1)
        try await stack.stop()
        #expect(folder.log("Echo").contains("REPORT RequestId: \(first.requestID)"))
        #expect(folder.processes == [])
    }

    @Test func `The function gets Lambda's environment and headers and none of the host's`() async throws {
        let folder = try FunctionFolder()
        setenv("BELLWETHER_HOST_ONLY", "1", 1)
        var configuration = folder.configuration(folder.function("Look", timeout: 5, environment: ["A": "template", "B": "template"]))
        configuration.environment = ["B": "override"]
        let stack = try await EmulatedStack(configuration)
        var invocation = Invocation(function: "Look", payload: [UInt8](#"{"do":"look"}"#.utf8))
        invocation.clientContext = #"{"custom":{}}"#
        invocation.tenantID = "blue"
        let before = Date.now.timeIntervalSince1970 * 1000
        let seen = try await stack.invoke(invocation).json
        let variables = try #require(seen["environment"] as? [String: String])
        #expect(variables["_HANDLER"] == "Look")
        #expect(variables["AWS_LAMBDA_FUNCTION_NAME"] == "Look")
        #expect(variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "128")
        #expect(variables["LAMBDA_TASK_ROOT"] == "\(folder.path)/code")
        #expect(variables["AWS_ENDPOINT_URL_LAMBDA"] == stack.apiURL)
        #expect(variables["A"] == "template")
        #expect(variables["B"] == "override")
        #expect(variables["BELLWETHER_HOST_ONLY"] == nil)
        #expect(seen["folder"] as? String == "\(folder.path)/code")
        let headers = try #require(seen["headers"] as? [String: String])
        let deadline = try #require(headers["lambda-runtime-deadline-ms"].flatMap(Double.init))
        #expect((4000...12000).contains(deadline - before))
        #expect(headers["lambda-runtime-client-context"] == #"{"custom":{}}"#)
        #expect(headers["lambda-runtime-aws-tenant-id"] == "blue")
        #expect(headers["lambda-runtime-invoked-function-arn"] == "arn:aws:lambda:us-east-1:000000000000:function:Look")
        #expect(headers["lambda-runtime-trace-id"]?.wholeMatch(of: /Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0/) != nil)
        try await stack.stop()
    }

    @Test func `A function error is a result`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        let result = try await stack.invoke("F", #"{"do":"error"}"#)
        #expect(result.functionError == "Unhandled")
        #expect(result.json["errorMessage"] as? String == "a\nb")
        #expect(result.log.contains("Error Type: Function.Odd"))
        #expect(try await stack.invoke("F", "{}").functionError == nil)
        try await stack.stop()
    }

    @Test func `A function that takes too long is killed with its children`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F", timeout: 3)))
        _ = try await stack.invoke("F", #"{"do":"child"}"#)
        let result = try await stack.invoke("F", #"{"do":"sleep","seconds":60}"#)
        #expect(result.json["errorType"] as? String == "Sandbox.Timedout")
        #expect(result.json["errorMessage"] as? String == "RequestId: \(result.requestID) Error: Task timed out after 3.00 seconds")
        #expect(await eventually { folder.processes == [] })
        #expect(try await stack.invoke("F", "[1]").text == "[1]")
        try await stack.stop()
        #expect(folder.processes == [])
    }

    @Test(arguments: [(#"{"do":"exit","code":7}"#, "exit status 7"), (#"{"do":"trap"}"#, "signal: illegal instruction")])
    func `A process that exits is an exit error`(_ event: String, _ reason: String) async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        let result = try await stack.invoke("F", event)
        #expect(result.functionError == "Unhandled")
        #expect(result.json["errorType"] as? String == "Runtime.ExitError")
        #expect(result.json["errorMessage"] as? String == "RequestId: \(result.requestID) Error: Runtime exited with error: \(reason)")
        #expect(try await stack.invoke("F", "1").text == "1")
        try await stack.stop()
    }

    @Test func `An init error reaches the caller unchanged`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(
            folder.configuration(
                folder.function("Reports", environment: ["INIT": "error"]), folder.function("Exits", environment: ["INIT": "exit"])))
        let reported = try await stack.invoke("Reports", "{}")
        #expect(reported.json["errorMessage"] as? String == "no database")
        #expect(reported.functionError == "Unhandled")
        let ended = try await stack.invoke("Exits", "{}")
        #expect(ended.json["errorMessage"] as? String == "RequestId: \(ended.requestID) Error: Runtime exited with error: exit status 3")
        try await stack.stop()
    }

    @Test func `An init that times out is repeated within the invocation`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("Slow", timeout: 1, environment: ["INIT": "slow", "SLOW": "30"]))
        configuration.limits.initSeconds = 1
        let stack = try await EmulatedStack(configuration)
        let result = try await stack.invoke("Slow", "{}")
        #expect(result.json["errorType"] as? String == "Sandbox.Timedout")
        #expect(await stack.status().functions[0].coldStarts == 2)
        try await stack.stop()
    }

    @Test func `A repeated init uses the invocation's time`() async throws {
        let folder = try FunctionFolder()
        var configuration = folder.configuration(folder.function("Slow", timeout: 20, environment: ["INIT": "slow", "SLOW": "1.5"]))
        configuration.limits.initSeconds = 1
        let stack = try await EmulatedStack(configuration)
        let seen = try await stack.invoke("Slow", #"{"do":"look"}"#)
        let after = Date.now.timeIntervalSince1970 * 1000
        let headers = try #require(seen.json["headers"] as? [String: String])
        let deadline = try #require(headers["lambda-runtime-deadline-ms"].flatMap(Double.init))
        #expect(deadline - after <= 20_000 - 1500)
        #expect(seen.log.contains("REPORT") && !seen.log.contains("Init Duration"))
        #expect(await stack.status().functions[0].coldStarts == 2)
        try await stack.stop()
    }

    @Test func `A process over its memory size is killed`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F", timeout: 60)))
        let result = try await stack.invoke("F", #"{"do":"hoard","megabytes":200}"#)
        #expect(result.functionError == "Unhandled")
        #expect(result.json["errorType"] as? String == "Runtime.OutOfMemory")
        #expect(result.json["errorMessage"] as? String == "RequestId: \(result.requestID) Error: Runtime exited with error: signal: killed")
        #expect(result.log.contains("Error Type: Runtime.OutOfMemory"))
        #expect(try await stack.invoke("F", "1").text == "1")
        try await stack.stop()
    }

    @Test func `A missing bootstrap is a clear error`() async throws {
        let folder = try FunctionFolder()
        try FileManager.default.removeItem(atPath: "\(folder.path)/code/bootstrap")
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        #expect(try await stack.invoke("F", "{}").json["errorType"] as? String == "Runtime.InvalidEntrypoint")
        try await stack.stop()
    }

    @Test func `A response over six mebibytes is rejected and the process continues`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        let fits = try await stack.invoke("F", #"{"do":"big","size":6000000}"#)
        #expect(fits.payload.count == 6_000_002)
        let result = try await stack.invoke("F", #"{"do":"big","size":6400000}"#)
        #expect(result.json["errorType"] as? String == "Function.ResponseSizeTooLarge")
        #expect(try await stack.invoke("F", #"{"do":"look"}"#).json["served"] as? Int == 3)
        try await stack.stop()
        #expect(folder.log("F").contains("status 413"))
    }

    @Test func `A streamed response is complete and its trailer is an error`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        let whole = try await stack.invoke("F", #"{"do":"stream","parts":["{\"a\":","1}"]}"#)
        #expect(whole.text == #"{"a":1}"#)
        let body = Data(#"{"errorType":"Late"}"#.utf8).base64EncodedString()
        let trailer = "Lambda-Runtime-Function-Error-Type: Function.Late\\r\\nLambda-Runtime-Function-Error-Body: \(body)\\r\\n"
        let broken = try await stack.invoke("F", #"{"do":"stream","parts":["{"],"trailer":"\#(trailer)"}"#)
        #expect(broken.functionError == "Unhandled")
        #expect(broken.text == #"{"errorType":"Late"}"#)
        try await stack.stop()
    }

    @Test func `Responses to other or ended invocations are rejected`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        #expect(try await stack.invoke("F", #"{"do":"wrong"}"#).json["first"] as? Int == 400)
        _ = try await stack.invoke("F", "{}")
        try await stack.stop()
        #expect(folder.log("F").contains("late 403"))
    }

    @Test func `The log tail is the last four kilobytes`() async throws {
        let folder = try FunctionFolder()
        let stack = try await EmulatedStack(folder.configuration(folder.function("F")))
        let short = try await stack.invoke("F", #"{"do":"log","lines":["one","two"]}"#)
        #expect(short.log.contains("Version: $LATEST\none\ntwo\nEND RequestId"))
        let long = try await stack.invoke("F", #"{"do":"log","lines":["\#(String(repeating: "y", count: 9000))"]}"#)
        #expect(long.logTail.count == 4096)
        #expect(long.log.contains("REPORT"))
        try await stack.stop()
    }
}
