import Emulator
import Foundation

/// The emulator's own API, as another process sees it.
struct EmulatorClient: Sendable {
    let port: Int

    struct Answer: Sendable {
        let status: Int
        let payload: Data
        let functionError: String?
    }

    private var base: String { "http://127.0.0.1:\(port)" }

    /// nil when no emulator answers there.
    func status() async -> EmulatorStatus? {
        guard let answer = try? await LoopbackHTTP.send("GET", "\(base)/emulator/status", timeout: 5), answer.status == 200 else {
            return nil
        }
        return try? JSONDecoder().decode(EmulatorStatus.self, from: answer.body)
    }

    /// Runs a function and waits for its end.
    func invoke(_ function: String, payload: Data) async throws -> Answer {
        let answer = try await LoopbackHTTP.send(
            "POST", "\(base)/2015-03-31/functions/\(function)/invocations",
            headers: ["Content-Type": "application/json"], body: payload, timeout: 1000)
        return Answer(status: answer.status, payload: answer.body, functionError: answer.headers["x-amz-function-error"])
    }

    /// What a function of the local stack, named as in the template, answers to an event.
    ///
    /// - Parameter advice: goes after what failed.
    /// - Throws: `CommandFailure` with the function's own words when it fails.
    @discardableResult
    func call(_ function: String, _ event: Data, advice: String = "") async throws -> Data {
        let answer = try await invoke("\(LocalTemplate.stack)-\(function)", payload: event)
        guard answer.status == 200, answer.functionError == nil else {
            throw CommandError("\(function) failed: \(String(decoding: answer.payload, as: UTF8.self))\(advice)")
        }
        return answer.payload
    }

    /// Puts the clock to a time and holds it there; nothing in between happens.
    func hold(at time: VirtualTime) async throws {
        let answer = try await LoopbackHTTP.send("POST", "\(base)/emulator/clock?mode=held&at=\(time)")
        guard answer.status == 200 else { throw CommandError(answer.problem) }
    }

    /// Moves virtual time and waits until it is there; `progress` gets the time reached, a few times a second.
    func advance(to target: VirtualTime, progress: @escaping @Sendable (VirtualTime) -> Void = { _ in }) async throws {
        let watching = Task {
            while (try? await Task.sleep(for: .milliseconds(200))) != nil {
                if let now = await status().flatMap({ VirtualTime($0.clock.now) }) { progress(now) }
            }
        }
        defer { watching.cancel() }
        let answer: LoopbackResponse
        do {
            answer = try await LoopbackHTTP.send("POST", "\(base)/emulator/advance?to=\(target)", timeout: 24 * 3600)
        } catch {
            throw CommandError("the emulator ended while time was being advanced: the same command again goes on from there")
        }
        guard answer.status == 200 else { throw CommandError(answer.problem) }
        let last = answer.body.split(separator: UInt8(ascii: "\n")).last.flatMap {
            try? JSONDecoder().decode(AdvanceProgress.self, from: $0)
        }
        guard last?.result == "done" else {
            throw CommandError("virtual time stopped at \(last?.time ?? "an unknown time"): \(last?.result ?? "the emulator ended")")
        }
    }
}
