import ArgumentParser
import Foundation

struct DataRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Release a quarantined bar.",
        discussion: """
            For bars that you have checked. The release is archived like a provider's response, with its reason, and a rebuild applies it \
            at its time. It holds as long as the provider sends the same bar; --undo revokes it.

              bellwether data release ACME 2012-02-10 --provider yahoo --reason "the exchange confirms it"
            """)

    @Argument(help: "The symbol, or the instrument's id.") var symbol: String
    @Argument(help: "The sessions, such as 2012-02-10.") var sessions: [String]
    @Option(help: "The provider of the bars, as shown by data show.") var provider: String
    @Option(help: "The reason, which is stored.") var reason: String
    @Flag(help: "Revoke a release.") var undo = false
    @Option(help: "Seconds to wait for the projection.") var wait = 60
    @OptionGroup var target: TargetStackOptions

    private struct Summary: Decodable {
        struct Override: Decodable { let instrument, object: String }
        let imported: Override
    }

    func run() async throws {
        let stack = try await target.client()
        let release: [String: Any] = [
            "symbol": symbol, "provider": provider, "sessions": sessions, "reason": reason, "accepted": !undo,
        ]
        let response = try await stack.invoke("Ingest", ["release": release, "time": "\(stack.now)"])
        let archived = try JSONDecoder().decode(Summary.self, from: response).imported
        guard let result = try await ProjectionResult.await(archived.object, seconds: wait, stack) else {
            return Console.output(
                "The release is archived and not projected yet; `bellwether data status \(archived.instrument)` shows when it is.")
        }
        if let reason = result.reason { throw CommandError("the release is archived and cannot be projected: \(reason)") }
        for row in result.rows where row.session != nil {
            Console.output("\(archived.instrument) \(row.session ?? ""): \(row.summary)")
        }
    }
}
