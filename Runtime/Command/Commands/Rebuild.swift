import ArgumentParser
import Foundation

struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Empty the derived tables and project the archived responses again.",
        discussion: """
            Bars, actions, quarantine and features are emptied and computed again from the responses in S3, with the same result. \
            Forecasts, models and reference data stay. Continue an interrupted rebuild with --resume. Until the rebuild ends, the API \
            lacks data.
            """)

    @Flag(help: "Continue an interrupted rebuild: project what is missing, empty nothing.") var resume = false
    @Flag(help: "Do not ask for confirmation.") var yes = false
    @OptionGroup var target: TargetStackOptions

    func run() async throws {
        let stack = try await target.client()
        guard yes || resume || Rebuild.confirmed() else { throw CommandError("nothing was changed: confirm with --yes") }
        var step: [String: Any]? = resume ? ["rebuild": "objects"] : ["rebuild": "clear"]
        var (projected, rows) = (0, 0)
        while let event = step {
            let summary = try JSONSerialization.jsonObject(with: try await stack.invoke("Featurize", event)) as? [String: Any] ?? [:]
            projected += summary["projected"] as? Int ?? 0
            rows += (summary["feature_rows"] as? Int ?? 0) + (summary["cross_section_rows"] as? Int ?? 0)
            step = summary["next"] as? [String: Any]
            if let step {
                Console.message(
                    "\(projected) responses projected; next: \(step["rebuild"] ?? "") \(step["exchange"] ?? "") \(step["after"] ?? "")")
            }
        }
        Console.output("Rebuilt from \(projected) responses: \(rows) feature rows.")
    }

    private static func confirmed() -> Bool {
        Console.message("This empties the derived tables and fills them again from S3. Go on? [y/N]")
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }
}
