import ArgumentParser
import Foundation

struct DataImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Hand in a file of prices.",
        discussion: """
            The file is kept like a provider's answer, then checked and folded in; what came of it is printed. Files are read after the \
            providers in PROVIDERS, or where that names csv, iex or stooq.

            --exchange is for symbols that nobody knows yet. One that is known on another exchange is refused, and handed in by its \
            id, such as XNYS:IBM. What cannot be taken is named at the end, and the rest of the file is taken all the same.

              csv    a header with date, open, high, low, close and maybe volume, as traded. With a column symbol (or ticker) the file \
            may have many symbols: each is handed in by itself, and --symbol picks one, also by its id.
              iex    JSON as IEX Cloud exported it; --kind chart (if nothing is said), splits or dividends
              stooq  Stooq's daily CSV, adjusted for splits and dividends

              bellwether data import acme.csv --symbol ACME --exchange XNAS
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, iex, stooq }

    /// What Lambda takes as one event, in bytes.
    static let largestEvent = 6 << 20

    @Argument(help: "The file; for each symbol, what an event of 6 MB carries.") var file: String
    @Option(help: "Whose prices they are: a symbol or an instrument's id.") var symbol: String?
    @Option(help: "Where it is listed, as a MIC; needed for a symbol that nobody knows yet.") var exchange: String?
    @Option(help: "The currency of a symbol that nobody knows yet; its exchange's own if not given. Pounds are written in pence.")
    var currency: String?
    @Option(help: "How the file is written; iex for a .json if not given, else csv.") var format: Format?
    @Option(help: "Which of the format's answers.") var kind: String?
    @Option(help: "Seconds to wait until it is folded in.") var wait = 60
    @OptionGroup var options: DeploymentOptions

    private struct Taken: Decodable {
        struct File: Decodable {
            let instrument, object: String
            let isNew: Bool
            let provisional: Int
            let from, to: String?
        }
        let imported: File
    }

    func run() async throws {
        guard let data = FileManager.default.contents(atPath: file) else { throw CommandError("\(file) cannot be read") }
        guard let text = Self.text(data) else { throw CommandError("\(file) cannot be read as text") }
        let format = format ?? (file.lowercased().hasSuffix(".json") ? .iex : .csv)
        let parts = try Self.wanted(PriceFile(text, isTable: format != .iex).parts, of: symbol)
        let stack = try await options.find()
        let events = try parts.map { (name: $0.name, event: try event(of: $0.name, $0.body, format, time: "\(stack.now)")) }
        var taken: [Taken.File] = []
        var refused: [String] = []
        for (name, event) in events {
            do {
                let answer = try await stack.invoke("Ingest", event)
                taken.append(try JSONDecoder().decode(Taken.self, from: answer).imported)
            } catch {
                refused.append("\(name) was not taken: \(error)")
            }
        }
        for line in refused { Console.message(line) }
        try await report(taken, stack)
        if !refused.isEmpty { throw ExitCode(1) }
    }

    /// As spreadsheets write it: UTF-16 with its mark, UTF-8, or else Latin-1.
    static func text(_ data: Data) -> String? {
        if [[0xFF, 0xFE], [0xFE, 0xFF]].contains(Array(data.prefix(2))) { return String(data: data, encoding: .utf16) }
        return String(data: data, encoding: .utf8) ?? String(data: data, encoding: .isoLatin1)
    }

    /// The parts that --symbol means, or all, each by the name under which it is handed in: the file's, or the id that was given.
    static func wanted(_ parts: [PriceFile.Part], of symbol: String?) throws -> [(name: String, body: String)] {
        guard let symbol else {
            guard parts.allSatisfy({ $0.symbol != nil }) else {
                throw ValidationError("The file has no column of symbols: say --symbol.")
            }
            guard !parts.isEmpty else { throw CommandError("the file has no row") }
            return parts.map { ($0.symbol ?? "", $0.body) }
        }
        let ticker = symbol.split(separator: ":").last.map(String.init)
        guard let part = parts.first(where: { [nil, symbol].contains($0.symbol) }) ?? parts.first(where: { $0.symbol == ticker }) else {
            throw CommandError("the file has no row of \(symbol)")
        }
        return [(symbol, part.body)]
    }

    /// What Ingest is told.
    private func event(of symbol: String, _ body: String, _ format: Format, time: String) throws -> [String: Any] {
        var content = ["provider": format.rawValue, "symbol": symbol, "file": (file as NSString).lastPathComponent, "body": body]
        (content["kind"], content["exchange"], content["currency"]) = (kind, exchange, currency)
        let event: [String: Any] = ["import": content, "time": time]
        try Self.check(event, of: symbol)
        return event
    }

    /// - Throws: `CommandFailure` for an event that Lambda would not take.
    static func check(_ event: [String: Any], of symbol: String) throws {
        let size = try JSONSerialization.data(withJSONObject: event, options: .withoutEscapingSlashes).count
        guard size <= largestEvent else {
            throw CommandError(
                "\(symbol) makes an event of \(size) bytes, and Lambda takes \(largestEvent): hand in fewer sessions at once; nothing was handed in"
            )
        }
    }

    private func report(_ taken: [Taken.File], _ stack: StackClient) async throws {
        let begun = ContinuousClock.now
        var table = TextTable(header: ["instrument", "new bars", "new actions", "held back"])
        var words: [String] = []
        for file in taken {
            var query: [String: String] = [:]
            (query["from"], query["to"]) = (file.from, file.to)
            let left = wait - Int((ContinuousClock.now - begun) / .seconds(1))
            guard let folded = try await ProjectionResult.await(file.object, seconds: left, query: query, stack) else {
                words.append("\(file.instrument) is kept and not folded in yet; `bellwether data status \(file.instrument)` shows when.")
                continue
            }
            table.rows.append([file.instrument, "\(folded.bars)", "\(folded.actions)", "\(folded.heldBack)"])
            if !file.isNew { words.append("\(file.instrument): the same file was handed in before; this is what came of it then.") }
            if file.provisional > 0 {
                let rows = file.provisional == 1 ? "1 row is of a session that is" : "\(file.provisional) rows are of sessions that are"
                words.append("\(file.instrument): \(rows) not over at \(stack.now), and not counted.")
            }
            words += folded.rows.map { "\(file.instrument) \($0.session ?? "no date"): \($0.words)" }
        }
        if !table.rows.isEmpty { for line in table.lines { Console.output(line) } }
        for line in words { Console.output(line) }
    }
}
