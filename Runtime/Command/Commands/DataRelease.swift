import ArgumentParser
import Foundation

struct DataRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let a row count that the rules hold back.",
        discussion: """
            For rows that you looked at. Your word is kept like an answer, with the reason, and a rebuild hears it at its time; what was \
            known before stays as it was. It holds as long as the provider says the same of that session; --undo leaves the row to the \
            rules again.

              bellwether data release ACME 2012-02-10 --provider yahoo --reason "the exchange confirms it"
            """)

    @Argument(help: "The symbol, or the instrument's id.") var symbol: String
    @Argument(help: "The sessions, such as 2012-02-10.") var sessions: [String]
    @Option(help: "Whose rows they are; data show tells.") var provider: String
    @Option(help: "Why. It is kept.") var reason: String
    @Flag(help: "Take a release back.") var undo = false
    @Option(help: "Seconds to wait until it is folded in.") var wait = 60
    @OptionGroup var options: DeploymentOptions

    private struct Taken: Decodable {
        struct Word: Decodable { let instrument, object: String }
        let imported: Word
    }

    func run() async throws {
        let stack = try await options.find()
        let word: [String: Any] = [
            "symbol": symbol, "provider": provider, "sessions": sessions, "reason": reason, "counts": !undo,
        ]
        let answer = try await stack.invoke("Ingest", ["release": word, "time": "\(stack.now)"])
        let taken = try JSONDecoder().decode(Taken.self, from: answer).imported
        guard let folded = try await ProjectionResult.await(taken.object, seconds: wait, stack) else {
            return Console.output("It is kept and not folded in yet; `bellwether data status \(taken.instrument)` shows when.")
        }
        for line in folded.rows where line.session != nil { Console.output("\(taken.instrument) \(line.session ?? ""): \(line.words)") }
    }
}
