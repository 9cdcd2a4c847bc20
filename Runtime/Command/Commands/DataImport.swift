import ArgumentParser
import Foundation

struct DataImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Hand in a file of prices.",
        discussion: """
            The file is kept like a provider's answer, then checked and folded in; what came of it is printed. Files are read after the \
            providers in PROVIDERS, or where that names csv, iex or stooq.

              csv    a header with date, open, high, low, close and maybe volume, as traded. With a column symbol (or ticker) the file \
            may have many symbols: each is handed in by itself, and --symbol picks one.
              iex    JSON as IEX Cloud exported it; --kind chart (if nothing is said), splits or dividends
              stooq  Stooq's daily CSV, adjusted for splits and dividends

              bellwether data import acme.csv --symbol ACME --exchange XNAS
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, iex, stooq }

    @Argument(help: "The file, of at most 6 MB for each symbol.") var file: String
    @Option(help: "Whose prices they are: a symbol or an instrument's id.") var symbol: String?
    @Option(help: "Where it is listed, as a MIC; needed for a symbol that nobody knows yet.") var exchange: String?
    @Option(help: "The currency of a symbol that nobody knows yet; USD if not given.") var currency: String?
    @Option(help: "How the file is written; iex for a .json if not given, else csv.") var format: Format?
    @Option(help: "Which of the format's answers.") var kind: String?
    @Option(help: "Seconds to wait until it is folded in.") var wait = 60
    @OptionGroup var options: DeploymentOptions

    private struct Taken: Decodable {
        struct File: Decodable {
            let instrument, object: String
            let isNew: Bool
        }
        let imported: File
    }

    private struct Folded: Decodable {
        let folded: Bool
        let bars, actions, heldBack: Int
        let rows: [RuleFinding]

        private enum CodingKeys: String, CodingKey { case folded, bars, actions, heldBack = "held_back", rows }
    }

    func run() async throws {
        guard let data = FileManager.default.contents(atPath: file) else { throw CommandFailure("\(file) cannot be read") }
        guard let text = String(data: data, encoding: .utf8) else { throw CommandFailure("\(file) is not UTF-8") }
        let format = format ?? (file.lowercased().hasSuffix(".json") ? .iex : .csv)
        let parts = try wanted(PriceFile(text, isTable: format != .iex).parts)
        let deployed = try await options.find()
        var taken: [Taken.File] = []
        for (name, body) in parts {
            guard body.utf8.count <= 6 << 20 else { throw CommandFailure("\(name) has more than the 6 MB that an event carries") }
            var content = ["provider": format.rawValue, "symbol": name, "file": (file as NSString).lastPathComponent, "body": body]
            (content["kind"], content["exchange"], content["currency"]) = (kind, exchange, currency)
            let answer = try await deployed.invoke("Ingest", ["import": content])
            taken.append(try JSONDecoder().decode(Taken.self, from: answer).imported)
        }
        try await report(taken, deployed)
    }

    private func wanted(_ parts: [PriceFile.Part]) throws -> [(name: String, body: String)] {
        let found = parts.compactMap { part in (part.symbol ?? symbol).map { (name: $0, body: part.body) } }
        let chosen = found.filter { symbol == nil || $0.name == symbol }
        guard found.count == parts.count else { throw ValidationError("The file has no column of symbols: say --symbol.") }
        guard !chosen.isEmpty else { throw CommandFailure("\(file) has no row\(symbol.map { " of \($0)" } ?? "")") }
        return chosen
    }

    private func report(_ taken: [Taken.File], _ deployed: Deployed) async throws {
        var left = max(wait, 1) * 4
        var table = TextTable(header: ["instrument", "new bars", "new actions", "held back"])
        var words: [String] = []
        for file in taken {
            var folded = try await result(of: file, deployed)
            while !folded.folded, left > 0 {
                try await Task.sleep(for: .milliseconds(250))
                left -= 1
                folded = try await result(of: file, deployed)
            }
            guard folded.folded else {
                words.append("\(file.instrument) is kept and not folded in yet; `bellwether data status \(file.instrument)` shows when.")
                continue
            }
            table.rows.append([file.instrument, "\(folded.bars)", "\(folded.actions)", "\(folded.heldBack)"])
            if !file.isNew { words.append("\(file.instrument): the same file was handed in before; this is what came of it then.") }
            words += folded.rows.map { "\(file.instrument) \($0.session ?? "no date"): \($0.words)" }
        }
        if !table.rows.isEmpty { for line in table.lines { Screen.result(line) } }
        for line in words { Screen.result(line) }
    }

    private func result(of file: Taken.File, _ deployed: Deployed) async throws -> Folded {
        try await deployed.get("/v1/data/answer", query: ["object": file.object, "limit": "20"], as: Folded.self)
    }
}
