import ArgumentParser
import Foundation

struct DataImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a file of prices.",
        discussion: """
            The file is archived like a provider's response, validated and projected; the result is printed. Bars from files are used \
            after those of the providers in PROVIDERS, or where PROVIDERS contains csv, iex or stooq.

            --exchange is for unknown symbols. A symbol that is known on another exchange has to be imported by its id, such as XNYS:IBM. \
            Parts that cannot be imported or projected are listed at the end, and the exit code is 1; the other parts of the file are imported.

              csv    a header with date, open, high, low, close and optionally volume, as traded. A file with a column symbol (or ticker) \
            may contain many symbols: each is imported separately, and --symbol selects one, also by its id.
              iex    JSON as exported by IEX Cloud; --kind chart (default), splits or dividends
              stooq  Stooq's daily CSV, adjusted for splits and dividends

              bellwether data import acme.csv --symbol ACME --exchange XNAS
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, iex, stooq }

    /// The largest event that Lambda accepts, in bytes.
    static let largestEvent = 6 << 20

    @Argument(help: "The file; at most 6 MB for each symbol.") var file: String
    @Option(help: "The symbol or instrument id of the prices.") var symbol: String?
    @Option(help: "The exchange of an unknown symbol, as a MIC.") var exchange: String?
    @Option(help: "The currency of an unknown symbol; the exchange's currency by default. Prices in pounds are given in pence.")
    var currency: String?
    @Option(help: "The file format; by default iex for .json, else csv.") var format: Format?
    @Option(help: "The kind of data in the file.") var kind: String?
    @Option(help: "Seconds to wait for the projection.") var wait = 60
    @OptionGroup var target: TargetStackOptions

    private struct Summary: Decodable {
        struct File: Decodable {
            let instrument, object: String
            let isNew: Bool
            let provisional: Int
            let from, to: String?

            private enum CodingKeys: String, CodingKey { case instrument, object, isNew = "is_new", provisional, from, to }
        }
        let imported: File
    }

    func validate() throws {
        guard (0...86_400).contains(wait) else { throw ValidationError("--wait is a number of seconds, at most a day.") }
    }

    func run() async throws {
        guard let data = try? FileHandle(forReadingFrom: URL(filePath: file)).readToEnd() ?? Data() else {
            throw CommandError("\(file) cannot be read")
        }
        guard let text = Self.text(data) else { throw CommandError("\(file) cannot be read as text") }
        guard text.contains(where: { !$0.isWhitespace }) else { throw CommandError("\(file) is empty") }
        let format = format ?? (file.lowercased().hasSuffix(".json") ? .iex : .csv)
        let parts = try Self.wanted(PriceFile(text, isTable: format != .iex).parts, of: symbol)
        let stack = try await target.client()
        let events = try parts.map { (name: $0.name, event: try event(of: $0.name, $0.body, format, time: "\(stack.now)")) }
        var imported: [Summary.File] = []
        var errors: [String] = []
        for (name, event) in events {
            do {
                let response = try await stack.invoke("Ingest", event)
                imported.append(try JSONDecoder().decode(Summary.self, from: response).imported)
            } catch {
                errors.append("\(name) was not imported: \(error)")
            }
        }
        for line in errors { Console.message(line) }
        let areProjected = try await report(imported, stack)
        if !errors.isEmpty || !areProjected { throw ExitCode(1) }
    }

    /// Decodes text as spreadsheets write it: UTF-16 with a byte order mark, UTF-8, or else Latin-1.
    static func text(_ data: Data) -> String? {
        if [[0xFF, 0xFE], [0xFE, 0xFF]].contains(Array(data.prefix(2))) { return String(data: data, encoding: .utf16) }
        return String(data: data, encoding: .utf8) ?? String(data: data, encoding: .isoLatin1)
    }

    /// The parts that `symbol` selects, or all parts, each with the symbol or id under which it is imported.
    static func wanted(_ parts: [PriceFile.Part], of symbol: String?) throws -> [(name: String, body: String)] {
        guard !parts.isEmpty else { throw CommandError("the file has a header and no line below it") }
        guard let symbol else {
            guard parts.allSatisfy({ $0.symbol != nil }) else {
                throw ValidationError("The file has no column of symbols: give --symbol.")
            }
            return parts.map { ($0.symbol ?? "", $0.body) }
        }
        let ticker = symbol.split(separator: ":").last.map(String.init)
        guard let part = parts.first(where: { [nil, symbol].contains($0.symbol) }) ?? parts.first(where: { $0.symbol == ticker }) else {
            throw CommandError("the file has no row of \(symbol)")
        }
        return [(symbol, part.body)]
    }

    /// The event for Ingest that imports one part.
    private func event(of symbol: String, _ body: String, _ format: Format, time: String) throws -> [String: Any] {
        var content = ["provider": format.rawValue, "symbol": symbol, "file": (file as NSString).lastPathComponent, "body": body]
        (content["kind"], content["exchange"], content["currency"]) = (kind, exchange, currency)
        let event: [String: Any] = ["import": content, "time": time]
        try Self.check(event, of: symbol)
        return event
    }

    /// Checks the size of an event.
    ///
    /// - Throws: `CommandError` if the event is too large for Lambda.
    static func check(_ event: [String: Any], of symbol: String) throws {
        let size = try JSONSerialization.data(withJSONObject: event, options: .withoutEscapingSlashes).count
        guard size <= largestEvent else {
            throw CommandError(
                "\(symbol) makes an event of \(size) bytes, and Lambda accepts \(largestEvent): import fewer sessions at once; nothing was imported"
            )
        }
    }

    /// Prints the results. Returns whether all files are projected.
    private func report(_ files: [Summary.File], _ stack: StackClient) async throws -> Bool {
        let begun = ContinuousClock.now
        var table = TextTable(header: ["instrument", "new bars", "new actions", "quarantined"])
        var lines: [String] = []
        for file in files {
            var query: [String: String] = [:]
            (query["from"], query["to"]) = (file.from, file.to)
            let left = wait - Int((ContinuousClock.now - begun) / .seconds(1))
            guard let result = try await ProjectionResult.await(file.object, seconds: left, query: query, stack) else {
                lines.append(
                    "\(file.instrument) is archived and not projected yet; `bellwether data status \(file.instrument)` shows when it is.")
                continue
            }
            if let reason = result.reason {
                lines.append("\(file.instrument) is archived and cannot be projected: \(reason)")
                continue
            }
            table.rows.append([file.instrument, "\(result.bars)", "\(result.actions)", "\(result.quarantined)"])
            if !file.isNew { lines.append("\(file.instrument): the same file was imported before; this is its result.") }
            if file.provisional > 0 {
                let rows = file.provisional == 1 ? "1 row is of a session that has" : "\(file.provisional) rows are of sessions that have"
                lines.append("\(file.instrument): \(rows) not closed at \(stack.now), and not used.")
            }
            lines += result.rows.map { "\(file.instrument) \($0.session ?? "no date"): \($0.summary)" }
        }
        if !table.rows.isEmpty { for line in table.lines { Console.output(line) } }
        for line in lines { Console.output(line) }
        return table.rows.count == files.count
    }
}
