import Foundation
import Logging
import Testing

@testable import LambdaRuntime

@Suite struct `Log lines` {
    private func lines(_ environment: [String: String], _ body: (Logger) -> Void) -> Data {
        let file = LogFile()
        let descriptor = file.descriptor
        var environment = environment
        if environment["_LAMBDA_TELEMETRY_LOG_FD"] != nil { environment["_LAMBDA_TELEMETRY_LOG_FD"] = "\(descriptor)" }
        let output = LogOutput(environment, descriptor: descriptor)
        body(Logger(label: "test") { output.handler($0) })
        return file.contents()
    }

    @Test func `A record is one line of JSON whatever is in it`() throws {
        let context = Context(requestId: "r-1", tenantId: "t")
        let data = lines([:]) { logger in
            Context.$current.withValue(context) {
                logger.warning("two\nlines \"quoted\" \u{1}", metadata: ["b": ["x", ["y": "1"]], "a": "é", "errorType": "Function.X"])
            }
        }
        #expect(data.split(separator: 0x0a).count == 1 && data.last == 0x0a)
        let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(json["message"] as? String == "two\nlines \"quoted\" \u{1}" && json["level"] as? String == "WARN")
        #expect(json["requestId"] as? String == "r-1" && json["tenantId"] as? String == "t" && json["errorType"] as? String == "Function.X")
        #expect((json["metadata"] as? [String: Any])?["a"] as? String == "é")
        #expect((json["timestamp"] as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test(arguments: [
        (["AWS_LAMBDA_LOG_LEVEL": "ERROR", "LOG_LEVEL": "debug"], Logger.Level.error),
        (["AWS_LAMBDA_LOG_LEVEL": "ERROR", "LOG_LEVEL": "debug", "AWS_LAMBDA_LOG_FORMAT": "Text"], .debug),
        (["LOG_LEVEL": "trace"], .trace), (["AWS_LAMBDA_LOG_LEVEL": "FATAL"], .critical), (["LOG_LEVEL": "loud"], .info), ([:], .info),
    ])
    func `The level follows the format`(_ environment: [String: String], _ level: Logger.Level) {
        #expect(LogOutput(environment).level == level)
    }

    @Test func `Text stays on one line and carries the request id`() {
        let data = lines(["AWS_LAMBDA_LOG_FORMAT": "Text"]) { $0.info("one\ntwo", metadata: ["requestId": "r"]) }
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.hasSuffix(" INFO one two requestId=r\n") && text.filter(\.isNewline).count == 1)
    }

    @Test func `Frames carry the level, the format, the length and the time`() throws {
        let data = [UInt8](lines(["_LAMBDA_TELEMETRY_LOG_FD": "yes"]) { $0.error("x") })
        func number(_ range: Range<Int>) -> UInt64 { data[range].reduce(0) { $0 << 8 | UInt64($1) } }
        #expect(number(0..<4) == 0xa55a_0016 && number(4..<8) == UInt64(data.count - 16) && number(8..<16) > 1_700_000_000_000_000)
        #expect(try JSONSerialization.jsonObject(with: Data(data[16...])) is [String: Any])
    }

    @Test func `A trap leaves a line with the request id`() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            CrashReport.install()
            CrashReport.serving("request-9")
            abort()
        }
        try expectCrashLine(result.standardErrorContent, "SIGABRT")
    }

    @Test func `A stack that is used up leaves a line, too`() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            CrashReport.install()
            CrashReport.serving("request-9")
            @inline(never) func descend(_ depth: Int) -> Int { depth < 0 ? 0 : descend(depth &+ 1) &+ descend(depth &+ 2) }
            var limit = rlimit(rlim_cur: 8 << 20, rlim_max: 8 << 20)
            setrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit)
            print(descend(1))
        }
        try expectCrashLine(result.standardErrorContent, "SIGSEGV")
    }

    private func expectCrashLine(_ output: [UInt8], _ signal: String) throws {
        let line = String(decoding: output, as: UTF8.self).split(separator: "\n").first { $0.contains("The process crashed") }
        let text = try #require(line)
        let record = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(record["requestId"] as? String == "request-9" && record["signal"] as? String == signal)
        let frames = try #require(record["stackTrace"] as? [String])
        #expect(frames.count > 3 && frames.allSatisfy { $0.contains("0x") }, "\(frames)")
    }
}
