import Foundation
import Market
import SampleMarket

/// The committed data, found from this file's place in the project.
enum SampleData {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Runtime/SampleMarket/Data")
        .standardizedFileURL.path(percentEncoded: false)
    static let catalog = Result { try SampleCatalog(folder: folder) }

    /// The runs of `adjustment.txt`: the source's adjusted close over its close.
    struct AdjustmentRun {
        let symbol: String
        let first, last: SessionDate
        let ratio: Double

        static func all() throws -> [AdjustmentRun] {
            try String(contentsOfFile: "\(folder)/adjustment.txt", encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
                .compactMap { line in
                    let words = line.split(separator: " ")
                    guard words.count == 4, let first = SessionDate(words[1]), let last = SessionDate(words[2]),
                        let ratio = Double(words[3])
                    else { return nil }
                    return AdjustmentRun(symbol: String(words[0]), first: first, last: last, ratio: ratio)
                }
        }
    }
}

/// The parts of a chart answer that the tests read.
struct Chart: Decodable {
    struct Body: Decodable {
        let result: [Outcome]?
        let error: ChartError?
    }
    struct ChartError: Decodable { let code, description: String }
    struct Outcome: Decodable {
        let meta: Meta
        let timestamp: [Int64]?
        let events: Events?
        let indicators: Indicators
    }
    struct Meta: Decodable {
        let currency, symbol, exchangeTimezoneName: String; let regularMarketPrice: Double; let regularMarketTime: Int64
    }
    struct Events: Decodable { let dividends: [String: Dividend]?; let splits: [String: Split]? }
    struct Dividend: Decodable { let amount: Double; let date: Int64 }
    struct Split: Decodable { let date: Int64; let numerator, denominator: Double; let splitRatio: String }
    struct Indicators: Decodable { let quote: [Quote]; let adjclose: [Adjusted] }
    struct Quote: Decodable { let open, high, low, close, volume: [Double]? }
    struct Adjusted: Decodable { let adjclose: [Double]? }
    let chart: Body
}
