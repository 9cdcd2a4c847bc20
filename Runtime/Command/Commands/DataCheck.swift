import ArgumentParser
import Foundation

struct DataCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compare the returns of two providers and show their disagreements.",
        discussion: """
            Stored bars are compared. The weekly schedule, and --request, first make Ingest request the last weeks of the universe from \
            the second provider. Its responses are projected within minutes, or within days if its request limits are low.

              bellwether data check yahoo,alphavantage --tolerance 0.01
            """)

    @Argument(help: "Two providers, separated by a comma; the configured pair by default.") var providers: String?
    @Option(help: "The largest difference of two log returns that is no disagreement; 0.005 by default.") var tolerance: Double?
    @Option(help: "A symbol; may be repeated, all symbols by default.") var symbol: [String] = []
    @Option(help: "The first session, such as 2012-01-03; all sessions by default.") var from: String?
    @Flag(help: "Request the last four weeks from the second provider, and compare nothing yet.") var request = false
    @OptionGroup var target: TargetStackOptions

    private struct Report: Decodable {
        struct Disagreement: Decodable {
            let instrument, session: String
            let firstReturn, secondReturn: Double

            private enum CodingKeys: String, CodingKey {
                case instrument, session, firstReturn = "first_return", secondReturn = "second_return"
            }

            var difference: Double { firstReturn - secondReturn }
        }
        let instruments, returns, disagreements: Int
        let tolerance: Double
        let largest: [Disagreement]
    }

    private var pair: [String] { providers.map { $0.lowercased().split(separator: ",").map(String.init) } ?? [] }

    func validate() throws {
        guard providers == nil || pair.count == 2 else { throw ValidationError("Name two providers: yahoo,alphavantage.") }
        guard tolerance ?? 0 >= 0 else { throw ValidationError("--tolerance must not be negative.") }
    }

    func run() async throws {
        let stack = try await target.client()
        if request {
            let summary = try await object(stack.invoke("Ingest", ["cross_check": pair, "weeks": 4]))
            let expected = summary["expected"] as? Int ?? 0
            return Console.output(
                summary["note"] as? String ?? "\(expected) instruments are requested; compare them when the responses are projected.")
        }
        var event: [String: Any]? = ["cross_check": pair]
        event?["tolerance"] = tolerance
        if !symbol.isEmpty { event?["symbols"] = symbol }
        event?["from"] = from
        var found: [Report.Disagreement] = []
        var (instruments, returns, disagreements) = (0, 0, 0)
        var used = 0.0
        while let next = event {
            let summary = try await object(stack.invoke("Featurize", next))
            guard let report = summary["cross_check"] as? [String: Any] else {
                throw CommandError("the deployment has only one provider: name two")
            }
            let read = try JSONDecoder().decode(Report.self, from: JSONSerialization.data(withJSONObject: report))
            instruments += read.instruments
            used = read.tolerance
            returns += read.returns
            disagreements += read.disagreements
            found += read.largest
            event = report["next"] as? [String: Any]
            if event != nil { Console.message("\(instruments) instruments compared, \(disagreements) disagreements") }
        }
        found.sort { abs($0.difference) > abs($1.difference) }
        show(found)
        Console.output(
            "\(disagreements) of \(returns) returns of \(instruments) instruments differ by more than \(used)"
                + (disagreements > found.count ? "; the largest are shown." : "."))
    }

    private func show(_ found: [Report.Disagreement]) {
        guard !found.isEmpty else { return }
        let names = pair.isEmpty ? ["first", "second"] : pair
        var table = TextTable(header: ["instrument", "session", names[0], names[1], "difference"])
        table.rows = found.map { found in
            [found.instrument, found.session]
                + [found.firstReturn, found.secondReturn, found.difference].map { Console.percent($0, sign: true, digits: 2) }
        }
        for line in table.lines { Console.output(line) }
    }

    private func object(_ body: Data) throws -> [String: Any] { try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:] }
}
