import ArgumentParser
import Foundation

struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Throw away all that is derived from the raw answers and derive it again.",
        discussion: """
            Bars, actions, quarantine and features are emptied and made again from what lies in S3, to the same bytes; forecasts, models \
            and the facts that were told stay. If it is interrupted, start it with --resume: nothing is done twice. Until it ends, the API \
            has gaps.
            """)

    @Flag(help: "Go on with a rebuild that was interrupted: fold what is not there, empty nothing.") var resume = false
    @Flag(help: "Do it without asking.") var yes = false
    @OptionGroup var options: DeploymentOptions

    func run() async throws {
        let stack = try await options.find()
        guard yes || resume || Rebuild.confirmed() else { throw CommandError("nothing was changed: confirm with --yes") }
        var step: [String: Any]? = resume ? ["rebuild": "objects"] : ["rebuild": "clear"]
        var (folded, rows) = (0, 0)
        while let event = step {
            let answer = try JSONSerialization.jsonObject(with: try await stack.invoke("Featurize", event)) as? [String: Any] ?? [:]
            folded += answer["folded"] as? Int ?? 0
            rows += (answer["features"] as? Int ?? 0) + (answer["crossSection"] as? Int ?? 0)
            step = answer["next"] as? [String: Any]
            if let step {
                Console.message("\(folded) answers folded; next: \(step["rebuild"] ?? "") \(step["exchange"] ?? "") \(step["after"] ?? "")")
            }
        }
        Console.output("Rebuilt from \(folded) answers: \(rows) feature rows.")
    }

    private static func confirmed() -> Bool {
        Console.message("This empties the derived tables and fills them again from S3. Go on? [y/N]")
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }
}
