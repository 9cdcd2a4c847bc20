import ArgumentParser
import Foundation

struct DataShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a symbol's bars and actions as they were known at a time.",
        discussion: "Prices are as traded.\n\n  bellwether data show AAPL --as-of 2012-08-01 --last 5")

    @Argument(help: "The symbol, or the instrument's id.") var symbol: String
    @Option(help: "As it was known then: a date or an RFC 3339 time; now if not given.") var asOf: String?
    @Option(help: "How many of the last sessions.") var last = 20
    @OptionGroup var options: DeploymentOptions

    private struct Document: Decodable {
        struct Bar: Decodable {
            let session: String
            let open, high, low, close, volume: Double
            let source: String?
        }
        struct Action: Decodable {
            let exDate, kind: String
            let value: Double
            private enum CodingKeys: String, CodingKey { case exDate = "ex_date", kind, value }
        }
        let instrument, currency, asOf: String
        let bars, provisional: [Bar]
        let actions: [Action]
        private enum CodingKeys: String, CodingKey { case instrument, currency, asOf = "as_of", bars, provisional, actions }
    }

    func validate() throws {
        if !(1...10_000).contains(last) { throw ValidationError("--last is a number from 1 to 10000.") }
    }

    func run() async throws {
        var query = ["adjustment": "none", "limit": "\(last)"]
        query["as_of"] = asOf
        let deployed = try await options.find()
        let document = try await deployed.get("/v1/bars/\(symbol)", query: query, as: Document.self)
        Screen.result("\(document.instrument) in \(document.currency), as known at \(document.asOf):")
        var table = TextTable(header: ["session", "open", "high", "low", "close", "volume", "source", "then"])
        for bar in document.bars + document.provisional {
            let actions = document.actions.filter { $0.exDate == bar.session }.map { "\($0.kind) \($0.value)" }
            table.rows.append(
                [bar.session] + [bar.open, bar.high, bar.low, bar.close, bar.volume].map { "\($0)" }
                    + [bar.source ?? "provisional", actions.joined(separator: ", ")])
        }
        for line in table.lines { Screen.result(line) }
    }
}
