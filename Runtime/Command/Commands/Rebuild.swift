import ArgumentParser
import Foundation

struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Project the archived responses into the derived tables again.",
        discussion: """
            Bars, actions, quarantine and features of one instrument after the other are computed again from the responses in S3, with the \
            same result; the rows before are served until then. Forecasts, models and reference data stay. If an object is missing or \
            damaged, the rows of its instrument stay as they are; it is named, and the exit code is 1. Continue an interrupted rebuild with \
            --after.
            """)

    @Option(help: "Begin after this instrument, such as XNAS:AAPL.") var after: String?
    @Flag(help: "Do not ask for confirmation.") var yes = false
    @OptionGroup var target: TargetStackOptions

    func run() async throws {
        let stack = try await target.client()
        guard yes || Rebuild.confirmed() else { throw CommandError("nothing was changed: confirm with --yes") }
        var step: [String: Any]? = ["rebuild": "instruments", "after": after ?? ""]
        var (projected, rows) = (0, 0)
        var (skipped, unchanged): ([String: String], [String: String]) = ([:], [:])
        while let event = step {
            let summary = try JSONSerialization.jsonObject(with: try await stack.invoke("Featurize", event)) as? [String: Any] ?? [:]
            projected += summary["projected"] as? Int ?? 0
            rows += (summary["feature_rows"] as? Int ?? 0) + (summary["cross_section_rows"] as? Int ?? 0)
            skipped.merge(summary["skipped"] as? [String: String] ?? [:]) { $1 }
            unchanged.merge(summary["unchanged"] as? [String: String] ?? [:]) { $1 }
            step = summary["next"] as? [String: Any]
            if let step {
                Console.message(
                    "\(projected) responses projected; next: \(step["rebuild"] ?? "") \(step["exchange"] ?? "") \(step["after"] ?? "")")
            }
        }
        for (key, reason) in skipped.sorted(by: { $0.key < $1.key }) { Console.message("\(key) was not projected: \(reason)") }
        for (instrument, reason) in unchanged.sorted(by: { $0.key < $1.key }) { Console.message("\(instrument): \(reason)") }
        Console.output("Rebuilt from \(projected) responses: \(rows) feature rows.")
        if !skipped.isEmpty { throw ExitCode(1) }
    }

    private static func confirmed() -> Bool {
        Console.message("This fills the derived tables again from S3. Go on? [y/N]")
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }
}
