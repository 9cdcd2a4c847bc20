import ArgumentParser
import Foundation

struct Repair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Request missing sessions from the provider again.",
        discussion: """
            Finds the gaps of each symbol in its exchange's calendar, makes Ingest request all sessions from the first gap on, and prints \
            the sessions that are still missing afterwards. Stored rows are not overwritten: a row that differs becomes a new version.
            """)

    @Argument(help: "The symbols; all symbols by default.") var symbols: [String] = []
    @Option(help: "Query this provider instead of the configured providers.") var provider: String?
    @Option(help: "Seconds to wait for the projection of the responses.") var wait = 60
    @OptionGroup var target: TargetStackOptions

    func run() async throws {
        let stack = try await target.client()
        let found = try await Repair.missing(stack, among: symbols)
        guard !found.isEmpty else {
            Console.output("No session is missing.")
            return
        }
        for entry in found {
            guard let first = entry.gaps.first else { continue }
            var event: [String: Any] = ["symbols": [entry.instrument], "from": first, "time": "\(stack.now)"]
            if let provider { event["provider"] = provider }
            let summary = try JSONSerialization.jsonObject(with: try await stack.invoke("Ingest", event)) as? [String: Any]
            let failed = summary?["failed"] as? [String: String] ?? [:]
            let outcome = failed.first.map { "failed: \($0.value)" } ?? "requested again"
            Console.message("\(entry.symbol): \(entry.missing) sessions missing from \(first) on, \(outcome)")
        }
        var left = found
        for _ in 0..<max(wait, 1) {
            left = try await Repair.missing(stack, among: found.map(\.instrument))
            if left.isEmpty { break }
            try await Task.sleep(for: .seconds(1))
        }
        for entry in left {
            Console.output(
                "\(entry.symbol): \(entry.missing) still missing, such as \(entry.gaps.prefix(5).joined(separator: ", ")); the provider does not have them, or they are quarantined (see data status)"
            )
        }
        let before = found.reduce(0) { $0 + $1.missing }
        Console.output("\(before - left.reduce(0) { $0 + $1.missing }) of \(before) missing sessions were loaded.")
    }

    private static func missing(_ stack: StackClient, among symbols: [String]) async throws -> [DataStatusDocument.Symbol] {
        var found: [DataStatusDocument.Symbol] = []
        try await DataStatusDocument.pages(stack, of: symbols) { _, page in found += page.symbols.filter { $0.missing > 0 } }
        return found
    }
}
