import AWS
import Emulator
import Foundation
import HTTP

/// Calls the API of a running emulator: its control endpoints and Lambda's Invoke API.
struct EmulatorClient: Sendable {
    let port: Int
    let credentials: Credentials

    private static let region = "us-east-1"

    /// Environment variables of AWS's clients for this emulator.
    var environment: [String: String] {
        [
            "AWS_ENDPOINT_URL_LAMBDA": base, "AWS_REGION": Self.region, "AWS_DEFAULT_REGION": Self.region,
            "AWS_ACCESS_KEY_ID": credentials.accessKey,
            "AWS_SECRET_ACCESS_KEY": credentials.secretKey,
        ]
    }

    /// Lambda's Invoke API of the emulator.
    var lambda: LambdaClient { LambdaClient(LoopbackHTTP.client, environment: environment) }

    private var base: String { "http://127.0.0.1:\(port)" }

    /// Sends a signed request to a control endpoint.
    func send(_ method: String, _ target: String, body: [UInt8]? = nil, timeout: Double = 30) async throws -> HTTPResponse {
        let signer = SigV4Signer(credentials, region: Self.region, service: "lambda")
        let signed = try signer.sign(HTTPRequest(method, base + target, body: body), at: .now()).request
        return try await LoopbackHTTP.send(signed, timeout: timeout)
    }

    /// The emulator's status; nil when no emulator responds within five seconds.
    func status() async -> EmulatorStatus? {
        guard let response = try? await send("GET", "/emulator/status", timeout: 5), response.status == 200 else { return nil }
        return try? response.decoded(as: EmulatorStatus.self)
    }

    /// Invokes a function of the local stack and returns its response.
    ///
    /// - Parameters:
    ///   - function: named as in the template, without the stack's name.
    ///   - advice: appended to the error.
    /// - Throws: `CommandError` with the function's error document when the function fails.
    @discardableResult
    func call(_ function: String, _ event: Data, advice: String = "") async throws -> Data {
        let name = "\(LocalTemplate.stack)-\(function)"
        do {
            let response = try await lambda.invoke(name, payload: Array(event), deadline: .now + .seconds(1000))
            guard response.functionError == nil else {
                throw CommandError("\(function) failed: \(String(decoding: response.payload, as: UTF8.self))\(advice)")
            }
            return Data(response.payload)
        } catch let error as AWSError {
            throw CommandError("\(function) was not invoked: \(error)\(advice)")
        }
    }

    /// Sets the virtual clock to a time and holds it there; schedules in between do not fire.
    func hold(at time: VirtualTime) async throws {
        let response = try await send("POST", "/emulator/clock?mode=held&at=\(time)")
        guard response.status == 200 else { throw CommandError(response.problem) }
    }

    /// Stops the advance of the virtual clock, if there is one, and returns the clock; nil when the emulator does not respond.
    func stopAdvance() async -> EmulatorStatus.Clock? {
        try? await send("DELETE", "/emulator/advance", timeout: 5).decoded(as: EmulatorStatus.Clock.self)
    }

    /// Advances the virtual clock and returns once it has reached the target. `progress` gets the time reached, five times a second.
    func advance(to target: VirtualTime, progress: @escaping @Sendable (VirtualTime) -> Void = { _ in }) async throws {
        let watching = Task {
            while (try? await Task.sleep(for: .milliseconds(200))) != nil {
                if let now = await status().flatMap({ VirtualTime($0.clock.now) }) { progress(now) }
            }
        }
        defer { watching.cancel() }
        let response: HTTPResponse
        do {
            response = try await send("POST", "/emulator/advance?to=\(target)", timeout: 24 * 3600)
        } catch {
            throw CommandError("the emulator ended while the clock was being advanced: run the same command again to continue")
        }
        guard response.status == 200 else { throw CommandError(response.problem) }
        let last = response.body.split(separator: UInt8(ascii: "\n")).last.flatMap {
            try? JSONDecoder().decode(AdvanceProgress.self, from: Data($0))
        }
        guard last?.result == "done" else {
            throw CommandError("the virtual clock stopped at \(last?.time ?? "an unknown time"): \(last?.result ?? "the emulator ended")")
        }
    }
}
