import Foundation
import HTTPServer

/// The control endpoints: status, the advance and its end, and clock.
struct ControlRoutes: Sendable {
    let clockDriver: VirtualClockDriver
    let status: @Sendable () async -> EmulatorStatus

    private struct Problem: Encodable { let error: String }

    var routes: [ControlRoute] {
        [
            ControlRoute("GET", "/emulator/status") { _ in .json(await status()) },
            ControlRoute("POST", "/emulator/advance") { await advance($0) },
            ControlRoute("DELETE", "/emulator/advance") { _ in
                await clockDriver.stopAdvance()
                return .json(await status().clock)
            },
            ControlRoute("POST", "/emulator/clock") { await setClock($0) },
        ]
    }

    private func advance(_ request: ServerRequest) async -> ServerResponse {
        guard let target = request.parameter("to").flatMap({ VirtualTime($0) }) else {
            return .json(Problem(error: "the parameter `to` must be an RFC 3339 time"), status: 400)
        }
        do {
            let progress = try await clockDriver.advance(to: target)
            let (lines, writer) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingNewest(64))
            let relay = Task {
                for await step in progress { writer.yield(JSONBody.encode(step) + [UInt8(ascii: "\n")]) }
                writer.finish()
            }
            writer.onTermination = { _ in relay.cancel() }
            return ServerResponse(status: 200, headers: [("Content-Type", "application/x-ndjson")], stream: lines)
        } catch {
            return .json(Problem(error: String(describing: error)), status: 409)
        }
    }

    private func setClock(_ request: ServerRequest) async -> ServerResponse {
        let at = request.parameter("at").map { VirtualTime($0) }
        if case .some(.none) = at { return .json(Problem(error: "the parameter `at` must be an RFC 3339 time"), status: 400) }
        let now = await status().clock.now
        let time = at.flatMap { $0 } ?? VirtualTime(now)
        do {
            switch request.parameter("mode") {
            case "held": try await clockDriver.set(.held(at: time ?? .real))
            case "running":
                let offset = at.flatMap { $0 }.map { $0.milliseconds - VirtualTime.real.milliseconds } ?? 0
                try await clockDriver.set(.running(offset: offset))
            default: return .json(Problem(error: "the parameter `mode` must be running or held"), status: 400)
            }
            return .json(await status().clock)
        } catch {
            return .json(Problem(error: String(describing: error)), status: 409)
        }
    }
}
