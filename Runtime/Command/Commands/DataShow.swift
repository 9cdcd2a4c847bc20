import ArgumentParser
import Foundation

struct DataShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a symbol's bars and actions as they were known at a time.",
        discussion: """
            Prices are as traded. What the rules hold back, mended or noted of these sessions stands beside them, with the reason.

              bellwether data show AAPL --as-of 2012-08-01 --last 5
            """)

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

    private struct Findings: Decodable { let rows: [RuleFinding] }

    func validate() throws {
        if !(1...10_000).contains(last) { throw ValidationError("--last is a number from 1 to 10000.") }
    }

    func run() async throws {
        var query = ["adjustment": "none", "limit": "\(last)"]
        query["as_of"] = asOf
        let deployed = try await options.find()
        let document = try await deployed.get("/v1/bars/\(symbol)", query: query, as: Document.self)
        var filter = ["symbol": symbol, "limit": "1000"]
        filter["as_of"] = asOf
        let findings = try await deployed.get("/v1/data/quarantine", query: filter, as: Findings.self).rows
        Screen.result("\(document.instrument) in \(document.currency), as known at \(document.asOf):")
        var table = TextTable(header: ["session", "open", "high", "low", "close", "volume", "source", "then"])
        let bars = document.bars + document.provisional
        for bar in bars {
            let actions = document.actions.filter { $0.exDate == bar.session }.map { "\($0.kind) \($0.value)" }
            let words = findings.filter { $0.session == bar.session && $0.provider == bar.source }.map(\.words)
            table.rows.append(
                [bar.session] + [bar.open, bar.high, bar.low, bar.close, bar.volume].map { "\($0)" }
                    + [bar.source ?? "provisional", (actions + words).joined(separator: ", ")])
        }
        let shown = Set(bars.map { [$0.session, $0.source ?? ""] })
        for finding in findings {
            let provider = finding.provider ?? ""
            guard let session = finding.session, session >= bars.first?.session ?? session, !shown.contains([session, provider])
            else { continue }
            table.rows.append([session, "", "", "", "", "", provider, finding.words])
        }
        table.rows.sort { $0[0] < $1[0] }
        for line in table.lines { Screen.result(line) }
    }
}
