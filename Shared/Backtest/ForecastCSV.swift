import Forecasting
import Formats
import Market

/// Writes forecasts as CSV: `date,symbol,horizon,q05,…,q95`, quantiles of the log total return.
package enum ForecastCSV {
    package static let header = "date,symbol,horizon,q05,q10,q25,q50,q75,q90,q95\n"

    /// One line per origin and horizon, in the report's order, with eight decimal places. A number too large for them, which no forecast should
    /// hold, is printed as it is.
    package static func csv(_ forecasts: [BacktestReport.OriginForecast]) -> [UInt8] {
        var bytes = Array(header.utf8)
        bytes.reserveCapacity(forecasts.count * 300)
        for row in forecasts {
            let prefix = "\(row.origin.session),\(CSVWriter.field(row.origin.symbol)),"
            for (i, horizon) in Quantiles.horizons.enumerated() {
                bytes += Array(prefix.utf8)
                bytes += Array(String(horizon).utf8)
                for value in row.forecast[horizon: i] {
                    bytes.append(UInt8(ascii: ","))
                    append(value, to: &bytes)
                }
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        return bytes
    }

    private static func append(_ value: Double, to bytes: inout [UInt8]) {
        guard let units = Int64(exactly: (value * 1e8).rounded()) else {
            bytes += Array(value.description.utf8)
            return
        }
        let magnitude = units.magnitude
        let fraction = String(magnitude % 100_000_000)
        if units < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes += Array(String(magnitude / 100_000_000).utf8)
        bytes.append(UInt8(ascii: "."))
        bytes += [UInt8](repeating: UInt8(ascii: "0"), count: 8 - fraction.utf8.count)
        bytes += Array(fraction.utf8)
    }
}
