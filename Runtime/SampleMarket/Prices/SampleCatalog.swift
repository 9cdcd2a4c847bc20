import Foundation
package import Market

/// The sample prices: unadjusted daily bars of five US shares, 2000 to 2013, from data files of the project.
package struct SampleCatalog: Sendable {
    /// Sorted by symbol.
    package let series: [SampleSeries]

    /// Reads `prices.txt` and `actions.txt` in a folder, blocking.
    package init(folder: String) throws(SampleDataError) {
        let prices = "\(folder)/prices.txt"
        let actions = "\(folder)/actions.txt"
        let corporateActions = try ActionFileReader.read(SampleCatalog.bytes(actions), file: actions)
        series = try PriceFileReader.read(SampleCatalog.bytes(prices), file: prices)
            .map { SampleSeries(instrument: $0.instrument, bars: $0.bars, actions: corporateActions[$0.instrument.symbol] ?? []) }
            .sorted { $0.instrument.symbol < $1.instrument.symbol }
    }

    /// The series of a symbol.
    package subscript(symbol: String) -> SampleSeries? { series.first { $0.instrument.symbol == symbol } }

    /// The last session of all series.
    package var lastSession: SessionDate? { series.compactMap { $0.bars.last?.session }.max() }

    private static func bytes(_ file: String) throws(SampleDataError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SampleDataError(file: file, line: nil, reason: "it is missing or unreadable; restore it with `git checkout`")
        }
        return [UInt8](data)
    }
}
