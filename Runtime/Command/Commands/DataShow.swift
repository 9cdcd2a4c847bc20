import ArgumentParser
import Foundation

struct DataShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a symbol's bars and actions as known at a time.",
        discussion: """
            Prices are as traded, or adjusted for splits (--adjustment split) or for splits and dividends (--adjustment total) known at \
            that time. The symbol is resolved as of that time. Rule violations of these sessions are listed with their reason.

              bellwether data show AAPL --as-of 2012-08-01 --last 5
              bellwether data show AAPL --last 250 --adjustment total
            """)

    @Argument(help: "The symbol, or the instrument's id.") var symbol: String
    @Option(help: "The time as of which data is shown: a date or an RFC 3339 time; now by default.") var asOf: String?
    @Option(help: "The number of last sessions.") var last = 20
    @Option(help: "The adjustment of prices: none, split, or total (splits and dividends).") var adjustment = Adjustment.none
    @OptionGroup var target: TargetStackOptions

    enum Adjustment: String, ExpressibleByArgument, CaseIterable { case none, split, total }

    struct Document: Decodable {
        struct Bar: Decodable {
            let session: String
            let open, high, low, close, volume: Double
            let source: String?
        }
        struct Action: Decodable {
            let exDate, kind: String
            let value: Double
            let nature: String?

            var summary: String { "\(nature.map { "\($0) " } ?? "")\(kind) \(value)" }

            private enum CodingKeys: String, CodingKey { case exDate = "ex_date", kind, value, nature }
        }
        let instrument, currency, asOf: String
        let bars, provisional: [Bar]
        let actions: [Action]
        private enum CodingKeys: String, CodingKey { case instrument, currency, asOf = "as_of", bars, provisional, actions }
    }

    private struct QuarantineDocument: Decodable { let rows: [QuarantineEntry] }

    func validate() throws {
        if !(1...10_000).contains(last) { throw ValidationError("--last must be from 1 to 10000.") }
    }

    func run() async throws {
        var query = ["adjustment": adjustment.rawValue, "limit": "\(last)"]
        query["as_of"] = asOf
        let stack = try await target.client()
        let document = try await stack.get("/v1/bars/\(symbol)", query: query, as: Document.self)
        var filter = ["symbol": symbol, "limit": "1000"]
        filter["as_of"] = asOf
        filter["from"] = (document.bars + document.provisional).first?.session
        let entries = try await stack.get("/v1/data/quarantine", query: filter, as: QuarantineDocument.self).rows
        Console.output("\(document.instrument) in \(document.currency), as known at \(document.asOf):")
        for line in Self.table(document, entries, adjustment).lines { Console.output(line) }
    }

    /// A line for each bar, and one for each action and violation without a bar, ordered by session.
    static func table(_ document: Document, _ entries: [QuarantineEntry], _ adjustment: Adjustment) -> TextTable {
        var table = TextTable(header: ["session", "open", "high", "low", "close", "volume", "source", "events"])
        let bars = document.bars + document.provisional
        let price = { (price: Double) in adjustment == .none ? "\(price)" : Console.fixed(price, 4) }
        for bar in bars {
            let actions = document.actions.filter { $0.exDate == bar.session }.map(\.summary)
            let violations = entries.filter { $0.session == bar.session && $0.provider == bar.source }.map(\.summary)
            table.rows.append(
                [bar.session] + [bar.open, bar.high, bar.low, bar.close].map(price)
                    + ["\(bar.volume)", bar.source ?? "provisional", (actions + violations).joined(separator: ", ")])
        }
        let sessions = Set(bars.map(\.session))
        for action in document.actions where !sessions.contains(action.exDate) {
            table.rows.append([action.exDate, "", "", "", "", "", "", action.summary])
        }
        let shown = Set(bars.map { [$0.session, $0.source ?? ""] })
        for entry in entries {
            let provider = entry.provider ?? ""
            guard let session = entry.session, !shown.contains([session, provider]) else { continue }
            table.rows.append([session, "", "", "", "", "", provider, entry.summary])
        }
        table.rows.sort { $0[0] < $1[0] }
        return table
    }
}
