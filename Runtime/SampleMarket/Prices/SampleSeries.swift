package import Market

/// The history of one listing: unadjusted bars, oldest first, and its splits and dividends.
package struct SampleSeries: Sendable {
    package let instrument: Instrument
    package let bars: [Bar]
    /// Sorted by ex-date.
    package let actions: [CorporateAction]
}

/// The sample prices or actions cannot be read.
package struct SampleDataError: Error, CustomStringConvertible {
    package let file: String
    /// 1-based; nil for an error of the whole file.
    package let line: Int?
    package let reason: String

    package var description: String {
        "the sample prices in \(file) cannot be used\(line.map { " (line \($0))" } ?? ""): \(reason)"
    }
}
