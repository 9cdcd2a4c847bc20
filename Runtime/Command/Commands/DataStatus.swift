import ArgumentParser
import Foundation

struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Inspect, import, release and compare market data.",
        subcommands: [DataStatus.self, DataShow.self, DataImport.self, DataRelease.self, DataCheck.self])
}

/// The API's document of stored and missing data.
struct DataStatusDocument: Decodable, Sendable {
    struct Symbol: Decodable, Sendable {
        let symbol, instrument: String
        let first, last: String?
        let sessions, missing: Int
        let gaps: [String]
        let provisional, quarantined, repaired: Int
        let providers: [String]
        let lastResponseAt: String?
        let sessionsBehind: Int?
        let delisted: String?

        private enum CodingKeys: String, CodingKey {
            case symbol, instrument, first, last, sessions, missing, gaps, provisional, quarantined, repaired, providers, delisted
            case lastResponseAt = "last_response_at", sessionsBehind = "sessions_behind"
        }
    }

    /// An object under raw/ that cannot be projected, or can no longer be read.
    struct Object: Decodable, Sendable {
        let object: String
        let instrument: String?
        let reason: String
        let rowsStay: Bool

        private enum CodingKeys: String, CodingKey { case object, instrument, reason, rowsStay = "rows_stay" }

        var summary: String {
            rowsStay
                ? "\(object) can no longer be read, and the rows of \(instrument ?? "its instrument") stay as they are: \(reason)"
                : "\(object) cannot be projected: \(reason)"
        }
    }

    let asOf: String
    var symbols: [Symbol]
    let quarantinedObjects: [Object]
    /// The id of the instrument after which the next page begins; nil on the last page.
    let next: String?

    private enum CodingKeys: String, CodingKey { case asOf = "as_of", symbols, quarantinedObjects = "quarantined_objects", next }

    /// Reads the document page by page, of the given symbols or of all. `body` gets each page as bytes and decoded.
    static func pages(
        _ stack: StackClient, of symbols: [String] = [], asOf: String? = nil, _ body: (Data, DataStatusDocument) throws -> Void
    ) async throws {
        let slices =
            symbols.isEmpty ? [nil] : stride(from: 0, to: symbols.count, by: 500).map { symbols[$0..<min($0 + 500, symbols.count)] }
        for slice in slices {
            var query: [String: String] = [:]
            query["symbol"] = slice?.joined(separator: ",")
            query["as_of"] = asOf
            repeat {
                let bytes = try await stack.get("/v1/data/status", query: query)
                let page = try JSONDecoder().decode(DataStatusDocument.self, from: bytes)
                try body(bytes, page)
                query["after"] = page.next
            } while query["after"] != nil
        }
    }
}

struct DataStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the stored, missing and quarantined data of each symbol.",
        discussion: """
            Missing are sessions of the exchange's calendar between the first bar and now (or the delisting); `bellwether repair` \
            requests them again. Quarantined rows violate a rule and do not count, repaired rows count with other values; \
            GET /v1/data/quarantine returns the reasons. Behind is the number of sessions that closed since the last bar.
            """)

    @Argument(help: "A symbol; all symbols by default.") var symbol: String?
    @Option(help: "The time as of which data is shown: a date or an RFC 3339 time.") var asOf: String?
    @Flag(help: "Print the API's JSON, one page per line.") var json = false
    @OptionGroup var target: TargetStackOptions

    func run() async throws {
        let stack = try await target.client()
        var found: DataStatusDocument?
        try await DataStatusDocument.pages(stack, of: symbol.map { [$0] } ?? [], asOf: asOf) { bytes, page in
            if json { Console.output(String(decoding: bytes, as: UTF8.self)) }
            found = DataStatusDocument(
                asOf: page.asOf, symbols: (found?.symbols ?? []) + page.symbols,
                quarantinedObjects: (found?.quarantinedObjects ?? []) + page.quarantinedObjects, next: nil)
        }
        guard !json, let document = found else { return }
        var table = TextTable(header: [
            "symbol", "first", "last", "sessions", "missing", "provisional", "quarantined", "repaired", "behind", "provider",
            "last response",
        ])
        for entry in document.symbols {
            table.rows.append([
                entry.symbol, entry.first ?? "–", entry.last ?? "–", "\(entry.sessions)", "\(entry.missing)", "\(entry.provisional)",
                "\(entry.quarantined)", "\(entry.repaired)",
                entry.delisted.map { "delisted \($0)" } ?? entry.sessionsBehind.map { "\($0)" } ?? "–",
                entry.providers.joined(separator: "+"), entry.lastResponseAt.map { String($0.prefix(16)) } ?? "never",
            ])
        }
        Console.output("As known at \(document.asOf):")
        for line in table.lines { Console.output(line) }
        for entry in document.quarantinedObjects { Console.output(entry.summary) }
        for entry in document.symbols where !entry.gaps.isEmpty {
            let more = entry.missing > entry.gaps.count ? " … and \(entry.missing - entry.gaps.count) more" : ""
            Console.output(
                "\(entry.symbol) lacks \(entry.gaps.prefix(8).joined(separator: ", "))\(entry.gaps.count > 8 && more.isEmpty ? " …" : more)"
            )
        }
    }
}
