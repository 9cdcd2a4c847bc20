package import Market

/// One listing's whole history as the data file has it: bars as traded, oldest first, and its splits and dividends.
package struct SampleSeries: Sendable {
    package let instrument: Instrument
    package let bars: [Bar]
    /// Sorted by ex-date.
    package let actions: [CorporateAction]
}

/// The prices or actions beside the program cannot be read.
package struct SampleDataError: Error, CustomStringConvertible {
    package let file: String
    /// 1-based; nil when the file as a whole is the trouble.
    package let line: Int?
    package let reason: String

    package var description: String {
        "the sample prices in \(file) cannot be used\(line.map { " (line \($0))" } ?? ""): \(reason)"
    }
}
