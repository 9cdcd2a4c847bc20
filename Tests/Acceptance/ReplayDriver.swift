import AWS
import Foundation
import HTTP
import Hashing
import TestSupport
import Testing

@testable import Emulator

extension Deployment {
    static let backfilled = "2011-12-30T23:30:00Z"

    static let load = #"{"symbols":["AAPL","IBM","MSFT"],"from":"2009-06-01","time":"\#(backfilled)"}"#
    static let training = #"{"time":"\#(backfilled)"}"#

    /// Loads two and a half years of three symbols and trains the first models; repeats each call until it succeeds.
    func prepare() async throws {
        try await retry("the backfill") { try await self.invoke("Ingest", Self.load).status == 0 }
        try await advanceUntilDone(to: Self.backfilled)
        try await retry("the training") { try await self.invoke("Train", Self.training).status == 0 }
        try await advanceUntilDone(to: Self.backfilled)
    }

    /// Advances the virtual clock; repeats until it has reached the time.
    func advanceUntilDone(to time: String) async throws {
        try await retry("the advance to \(time)") { try await self.advance(to: time) }
    }

    /// One attempt to advance; returns false when the emulator does not run or ends during it.
    func advance(to time: String) async throws -> Bool {
        guard let record = try? record(), let credentials = try? secrets().credentials else { return false }
        let request = HTTPRequest("POST", "http://127.0.0.1:\(record.apiPort)/emulator/advance?to=\(time)", body: [])
        let signed = try SigV4Signer(credentials, region: "us-east-1", service: "lambda").sign(request, at: .now()).request
        let response = try? await HTTPClient().send(signed, timeout: .seconds(120))
        return response?.status == 200 && response?.text.contains("\"result\":\"done\"") == true
    }

    /// Repeats an attempt until it succeeds and restarts the deployment in between.
    func retry(_ action: String, _ attempt: () async throws -> Bool) async throws {
        for _ in 0..<60 {
            if (try? await attempt()) == true { return }
            try? await up()
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("\(action) did not succeed in 60 attempts")
        throw CancellationError()
    }
}

/// The processes that a disturbance kills.
enum Victim: Int, CaseIterable {
    case postgres, s3, emulator, function

    /// Kills a random running process; nil when none runs.
    static func killAny(_ deployment: Deployment, _ random: inout SplitMix64) throws -> Victim? {
        var remaining = allCases
        while !remaining.isEmpty {
            let victim = remaining.remove(at: random.next(below: remaining.count))
            let found = victim.processes(of: deployment)
            if !found.isEmpty, kill(found[random.next(below: found.count)], SIGKILL) == 0 { return victim }
        }
        return nil
    }

    /// The running processes of this kind.
    private func processes(of deployment: Deployment) -> [Int32] {
        switch self {
        case .postgres: ServerRecord.running("\(deployment.folder)/postgres").map { [$0.process.pid] } ?? []
        case .s3: ServerRecord.running("\(deployment.folder)/s3").map { [$0.process.pid] } ?? []
        case .emulator: deployment.emulator.map { [$0] } ?? []
        case .function: deployment.emulator.map(Self.functions) ?? []
        }
    }

    /// Child processes of the emulator's threads that run the bundle.
    private static func functions(of parent: Int32) -> [Int32] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")) ?? []
        let children = threads.flatMap { thread in
            let text = (try? String(contentsOfFile: "/proc/\(parent)/task/\(thread)/children", encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { Int32($0) }
        }
        return children.filter { child in
            let line = FileManager.default.contents(atPath: "/proc/\(child)/cmdline") ?? Data()
            return String(decoding: line, as: UTF8.self).contains("/bootstrap\0")
        }.sorted()
    }
}
