import Foundation
import Market
import Postgres
import Store
import TestSupport

@testable import FeaturizeFunction
@testable import Objects

extension SessionDate: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text)! }
}

extension Instant: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text)! }
}

/// One row of a made-up market, in cents so that a split in two is exact.
struct Row: Hashable {
    let session: SessionDate
    var open, high, low, close: Int
    var volume: Int
    var split = 1
    var dividend = 0
}

extension Row {
    /// The row with all prices multiplied.
    func scaled(_ numerator: Int, _ denominator: Int = 1) -> Row {
        var row = self
        (row.open, row.high) = (open * numerator / denominator, high * numerator / denominator)
        (row.low, row.close) = (low * numerator / denominator, close * numerator / denominator)
        return row
    }
}

/// A seeded random walk over the sessions of the Nasdaq, with a dividend every 63 sessions, and a provider's responses about it.
struct ResponseMarket {
    static let calendar = TradingCalendar.of(mic: "XNAS")!

    static func instrument(_ number: Int) -> Instrument {
        Instrument(id: "XNAS:T\(number)", symbol: "T\(number)", exchange: "XNAS", currency: "USD", name: "T\(number)")
    }

    static func rows(_ count: Int, seed: UInt64, from start: SessionDate = "2010-01-04") -> [Row] {
        var state = seed &* 977 &+ 1
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(UInt64(1) << 53)
        }
        var close = 6400
        let sessions = calendar.sessions(from: start, through: start.advanced(by: 2 * count)).prefix(count)
        return sessions.enumerated().map { index, session in
            let open = max(Int(Double(close) * (0.99 + 0.02 * uniform())), 200)
            close = max(Int(Double(open) * (0.97 + 0.06 * uniform())), 200)
            let (high, low) = (max(open, close) + Int(60 * uniform()), min(open, close) - Int(60 * uniform()))
            return Row(
                session: session, open: open, high: high, low: low, close: close, volume: 100_000 + 2 * Int(400_000 * uniform()),
                dividend: index % 63 == 62 ? 24 : 0)
        }
    }

    /// The evening of a session, when the schedules run.
    static func evening(_ session: SessionDate) -> Instant { calendar.close(of: session).adding(seconds: 9000) }

    /// A response of Alpha Vantage, `TIME_SERIES_DAILY_ADJUSTED` in CSV.
    static func response(_ rows: some Sequence<Row>, about instrument: Instrument, knownAt: Instant) -> ArchivedResponse {
        func cents(_ value: Int) -> String { "\(value / 100).\(value % 100 < 10 ? "0" : "")\(value % 100)" }
        let lines = rows.map { row in
            "\(row.session),\(cents(row.open)),\(cents(row.high)),\(cents(row.low)),\(cents(row.close)),\(cents(row.close)),\(row.volume),"
                + "\(cents(row.dividend)),\(row.split).0"
        }
        let header = "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient"
        return object("alphavantage", "daily-adjusted", ([header] + lines.reversed()).joined(separator: "\r\n"), instrument, knownAt)
    }

    /// A response of Yahoo's chart: split-adjusted prices, times of the open, events.
    static func chart(_ rows: some Sequence<Row>, about instrument: Instrument, knownAt: Instant) -> ArchivedResponse {
        let rows = Array(rows)
        func after(_ index: Int) -> Double { rows[(index + 1)...].reduce(1) { $0 * Double($1.split) } }
        func column(_ name: String, _ value: (Int) -> Double) -> String {
            "\"\(name)\":[" + rows.indices.map { "\(value($0))" }.joined(separator: ",") + "]"
        }
        let stamps = rows.map { calendar.open(of: $0.session).seconds }
        let dividends = rows.indices.filter { rows[$0].dividend > 0 }.map {
            "\"\(stamps[$0])\":{\"amount\":\(Double(rows[$0].dividend) / 100 / after($0)),\"date\":\(stamps[$0])}"
        }
        let splits = rows.indices.filter { rows[$0].split > 1 }.map {
            "\"\(stamps[$0])\":{\"date\":\(stamps[$0]),\"numerator\":\(rows[$0].split),\"denominator\":1,\"splitRatio\":\"\(rows[$0].split):1\"}"
        }
        let quote = [
            column("open") { Double(rows[$0].open) / 100 / after($0) }, column("high") { Double(rows[$0].high) / 100 / after($0) },
            column("low") { Double(rows[$0].low) / 100 / after($0) }, column("close") { Double(rows[$0].close) / 100 / after($0) },
            column("volume") { Double(rows[$0].volume) * after($0) },
        ]
        let body =
            "{\"chart\":{\"error\":null,\"result\":[{\"meta\":{\"currency\":\"USD\",\"symbol\":\"\(instrument.symbol)\",\"exchangeTimezoneName\":\"America/New_York\"},"
            + "\"timestamp\":[\(stamps.map(String.init).joined(separator: ","))],\"events\":{\"dividends\":{\(dividends.joined(separator: ","))},"
            + "\"splits\":{\(splits.joined(separator: ","))}},\"indicators\":{\"quote\":[{\(quote.joined(separator: ","))}]}}]}}"
        return object("yahoo", "chart-1d", body, instrument, knownAt)
    }

    /// A response of Stooq, daily CSV: split-adjusted prices, no events.
    static func stooq(_ rows: some Sequence<Row>, about instrument: Instrument, knownAt: Instant) -> ArchivedResponse {
        let rows = Array(rows)
        let lines = rows.indices.map { index in
            let factor = rows[(index + 1)...].reduce(1) { $0 * $1.split }
            let prices = [rows[index].open, rows[index].high, rows[index].low, rows[index].close].map {
                "\(Double($0) / 100 / Double(factor))"
            }
            return "\(rows[index].session),\(prices.joined(separator: ",")),\(rows[index].volume * factor)"
        }
        let body = (["Date,Open,High,Low,Close,Volume"] + lines).joined(separator: "\r\n")
        return object("stooq", "daily", body, instrument, knownAt)
    }

    static func override(
        _ accepted: Bool, _ sessions: [SessionDate], provider: String, about instrument: Instrument, knownAt: Instant
    ) -> ArchivedResponse {
        let list = sessions.map { "\"\($0)\"" }.joined(separator: ",")
        return object(
            provider, "manual-override", "{\"accepted\":\(accepted),\"reason\":\"seen\",\"sessions\":[\(list)]}", instrument, knownAt)
    }

    /// A response with the given body.
    static func object(
        _ provider: String, _ kind: String, _ text: String, _ instrument: Instrument, _ knownAt: Instant
    ) -> ArchivedResponse {
        let body = Array(text.utf8)
        // In place of SHA-256: any 64 digits that depend on all of the content.
        var words: [UInt64] = [1, 2, 3, 4].map { $0 &* 0x9e37_79b9_7f4a_7c15 }
        for (index, byte) in body.enumerated() { words[index % 4] = (words[index % 4] ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        let key = ResponseKey(provider: provider, kind: kind, instrument: instrument.id, date: knownAt.utcDate, sha256: digits)
        let metadata = ResponseMetadata(
            provider: provider, kind: kind, instrument: instrument.id, url: "http://127.0.0.1/", status: 200, contentType: nil,
            knownAt: knownAt, fetchedAt: knownAt.adding(seconds: 1))
        return ArchivedResponse(key: key, metadata: metadata, body: body, versionId: nil)
    }
}

/// A fresh database and a projector over it, with the responses that were projected.
struct ProjectionHarness {
    let database: Database
    let projector: ResponseProjector
    var archived: [String: ArchivedResponse] = [:]

    init(_ instruments: [Instrument], providers: String = "alphavantage,yahoo") async throws {
        database = try await freshDatabase()
        projector = ResponseProjector(database, try SourcePrecedence(providers, defaultProvider: "alphavantage"))
        try await Instruments(database).register(instruments)
    }

    @discardableResult
    mutating func add(_ object: ArchivedResponse) async throws -> FeaturizeSummary {
        archived[object.key.description] = object
        var summary = FeaturizeSummary()
        let archived = archived
        _ = try await projector.project(object, &summary) { archived[$0]! }
        return summary
    }

    /// The one-symbol features as known at an instant, as bits.
    func features(_ instrument: Instrument, _ asOf: AsOf) async throws -> [SessionDate: [UInt64]] {
        guard let table = try await projector.store.read([instrument.id], asOf).first else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: table.sessions.indices.map { row in
                let values = table.values[row * table.width..<row * table.width + table.width - projector.store.crossWidth]
                let extras = table.extras[row * table.extrasWidth..<(row + 1) * table.extrasWidth]
                return (table.sessions[row], values.map { UInt64($0.bitPattern) } + extras.map(\.bitPattern))
            })
    }

    /// The function over the same database, with AWS at `cloud`, or unreachable.
    func featurize(cloud: String = "http://127.0.0.1:9") async throws -> Featurize {
        let name: String = try await database.query("SELECT current_database()::text")[0][0]
        return try await Featurize([
            "DATABASE_URL": PostgresCluster.shared.url(name), "PGPASSWORD": PostgresCluster.shared.password, "BUCKET": "raw",
            "AWS_ENDPOINT_URL": cloud, "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_REGION": "us-east-1",
            "PREDICT_FUNCTION": "Predict", "AWS_LAMBDA_FUNCTION_NAME": "Featurize",
        ])
    }

    /// Removes the rows of all instruments, as before each instrument's part of a rebuild.
    func clear() async throws {
        for instrument in try await Instruments(database).list() { try await ProviderResponses(database).removeAll(about: instrument.id) }
    }

    func count(_ sql: String) async throws -> Int { try await database.query(sql)[0][0] }
}
