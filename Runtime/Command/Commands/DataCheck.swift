import ArgumentParser
import Foundation

struct DataCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compare two providers' returns, and show where they disagree.",
        discussion: """
            It compares what is kept. The weekly job, and --ask, have Ingest ask the second provider for the last weeks of the universe \
            first; its answers are folded in within minutes, or days where its limits are narrow.

              bellwether data check yahoo,alphavantage --tolerance 0.01
            """)

    @Argument(help: "Two providers by a comma; the deployment's own pair if not given.") var providers: String?
    @Option(help: "How far apart two log returns may be.") var tolerance = 0.005
    @Option(help: "One symbol; more by repeating it, all if not given.") var symbol: [String] = []
    @Option(help: "From this session on, such as 2012-01-03; all if not given.") var from: String?
    @Flag(help: "Have the second provider asked for the last four weeks, and compare nothing yet.") var ask = false
    @OptionGroup var options: DeploymentOptions

    private struct Report: Decodable {
        struct Disagreement: Decodable {
            let instrument, session: String
            let first, second: Double
        }
        let instruments, compared, disagreements: Int
        let largest: [Disagreement]
    }

    private var pair: [String] { providers.map { $0.lowercased().split(separator: ",").map(String.init) } ?? [] }

    func validate() throws {
        guard providers == nil || pair.count == 2 else { throw ValidationError("Name two providers: yahoo,alphavantage.") }
        guard tolerance >= 0 else { throw ValidationError("--tolerance is not negative.") }
    }

    func run() async throws {
        let stack = try await options.find()
        if ask {
            let answer = try await object(stack.invoke("Ingest", ["crossCheck": pair, "weeks": 4]))
            let expected = answer["expected"] as? Int ?? 0
            return Console.output(answer["note"] as? String ?? "\(expected) instruments are asked for; compare when they are folded in.")
        }
        var event: [String: Any]? = ["crossCheck": pair, "tolerance": tolerance]
        if !symbol.isEmpty { event?["symbols"] = symbol }
        event?["from"] = from
        var found: [Report.Disagreement] = []
        var (instruments, compared, disagreements) = (0, 0, 0)
        while let next = event {
            let answer = try await object(stack.invoke("Featurize", next))
            guard let report = answer["crossCheck"] as? [String: Any] else {
                throw CommandError("the deployment has no pair of providers: name two")
            }
            let read = try JSONDecoder().decode(Report.self, from: JSONSerialization.data(withJSONObject: report))
            instruments += read.instruments
            compared += read.compared
            disagreements += read.disagreements
            found += read.largest
            event = report["next"] as? [String: Any]
            if event != nil { Console.message("\(instruments) instruments compared, \(disagreements) disagreements") }
        }
        found.sort { abs($0.first - $0.second) > abs($1.first - $1.second) }
        show(found)
        Console.output(
            "\(disagreements) of \(compared) returns of \(instruments) instruments differ by more than \(tolerance)"
                + (disagreements > found.count ? "; the largest are shown." : "."))
    }

    private func show(_ found: [Report.Disagreement]) {
        guard !found.isEmpty else { return }
        let names = pair.isEmpty ? ["first", "second"] : pair
        var table = TextTable(header: ["instrument", "session", names[0], names[1], "difference"])
        table.rows = found.map { found in
            [found.instrument, found.session]
                + [found.first, found.second, found.first - found.second].map { Console.percent($0, sign: true, digits: 2) }
        }
        for line in table.lines { Console.output(line) }
    }

    private func object(_ body: Data) throws -> [String: Any] { try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:] }
}
