import Foundation
import Testing

@testable import Emulator

extension Deployment {
    static let backfilled = "2011-12-30T23:30:00Z"

    static let load = #"{"symbols":["AAPL","IBM","MSFT"],"from":"2009-06-01","time":"\#(backfilled)"}"#
    static let training = #"{"time":"\#(backfilled)"}"#

    /// Loads two and a half years of three symbols and trains the first models, each call as often as it takes.
    func prepare() async throws {
        try await persist("the backfill") { try await self.invoke("Ingest", Self.load).status == 0 }
        try await settle(at: Self.backfilled)
        try await persist("the training") { try await self.invoke("Train", Self.training).status == 0 }
        try await settle(at: Self.backfilled)
    }

    /// Moves virtual time, again and again until it is there.
    func settle(at time: String) async throws {
        try await persist("the way to \(time)") { try await self.advance(to: time) }
    }

    /// One attempt; false when the emulator is gone or went during it.
    func advance(to time: String) async throws -> Bool {
        guard let record = try? record() else { return false }
        let url = "http://127.0.0.1:\(record.apiPort)/emulator/advance?to=\(time)"
        let (status, output) = try await Shell.run(
            "/usr/bin/env", ["curl", "-s", "-m", "120", "-w", "\n%{http_code}", "-X", "POST", url], environment: Self.environment)
        return status == 0 && output.hasSuffix("\n200") && output.contains("\"result\":\"done\"")
    }

    /// Starts what is down and tries again until `attempt` succeeds.
    func persist(_ what: String, _ attempt: () async throws -> Bool) async throws {
        for _ in 0..<60 {
            if (try? await attempt()) == true { return }
            try? await up()
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("\(what) did not succeed in 60 attempts")
        throw CancellationError()
    }
}

/// What a disturbance ends, at once and without a word.
enum Victim: Int, CaseIterable {
    case postgres, s3, emulator, function

    /// Draws until a strike has ended a living process; nil when nothing at all runs.
    static func strikeAny(_ deployment: Deployment, _ random: inout SeededRandom) throws -> Victim? {
        var left = allCases
        while !left.isEmpty {
            let victim = left.remove(at: random.next(left.count))
            let found = victim.processes(of: deployment)
            if !found.isEmpty, kill(found[random.next(found.count)], SIGKILL) == 0 { return victim }
        }
        return nil
    }

    /// Those that live now.
    private func processes(of deployment: Deployment) -> [Int32] {
        switch self {
        case .postgres: ServerRecord.living("\(deployment.folder)/postgres").map { [$0.process.pid] } ?? []
        case .s3: ServerRecord.living("\(deployment.folder)/s3").map { [$0.process.pid] } ?? []
        case .emulator: deployment.emulator.map { [$0] } ?? []
        case .function: deployment.emulator.map(Self.functions) ?? []
        }
    }

    /// Children of any of the emulator's threads that run the bundle.
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

/// SplitMix64.
struct SeededRandom {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}
