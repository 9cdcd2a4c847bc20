import ArgumentParser
import Foundation

struct Repair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the provider again for the sessions that are missing.",
        discussion: """
            Finds the gaps of each symbol against its exchange's calendar, has Ingest ask for everything from the first gap on, and says \
            what is still missing when that is folded in. Nothing that is there is overwritten: what differs becomes a new version.
            """)

    @Argument(help: "The symbols; all if none is given.") var symbols: [String] = []
    @Option(help: "Ask this provider instead of the preferred ones.") var provider: String?
    @Option(help: "Seconds to wait until what came is folded in.") var wait = 60
    @OptionGroup var options: DeploymentOptions

    func run() async throws {
        let stack = try await options.find()
        let found = try await Repair.missing(stack, among: symbols)
        guard !found.isEmpty else {
            Console.output("Nothing is missing.")
            return
        }
        for entry in found {
            guard let first = entry.gaps.first else { continue }
            var event: [String: Any] = ["symbols": [entry.instrument], "from": first, "time": "\(stack.now)"]
            if let provider { event["provider"] = provider }
            let answer = try JSONSerialization.jsonObject(with: try await stack.invoke("Ingest", event)) as? [String: Any]
            let refused = answer?["refused"] as? [String: String] ?? [:]
            let outcome = refused.first.map { "refused: \($0.value)" } ?? "asked again"
            Console.message("\(entry.symbol): \(entry.missing) missing from \(first) on, \(outcome)")
        }
        var left = found
        for _ in 0..<max(wait, 1) {
            left = try await Repair.missing(stack, among: found.map(\.instrument))
            if left.isEmpty { break }
            try await Task.sleep(for: .seconds(1))
        }
        for entry in left {
            Console.output(
                "\(entry.symbol): \(entry.missing) still missing, such as \(entry.gaps.prefix(5).joined(separator: ", ")); the provider refused or does not have them, or they are held back (see data status)"
            )
        }
        let before = found.reduce(0) { $0 + $1.missing }
        Console.output("\(before - left.reduce(0) { $0 + $1.missing }) of \(before) missing sessions came.")
    }

    private static func missing(_ stack: StackClient, among symbols: [String]) async throws -> [StatusDocument.Symbol] {
        var found: [StatusDocument.Symbol] = []
        try await StatusDocument.pages(stack, of: symbols) { _, page in found += page.symbols.filter { $0.missing > 0 } }
        return found
    }
}
