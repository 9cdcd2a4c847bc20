/// Which instrument a ticker meant on which day: renames, and tickers that a second company took over, as dated facts.
package struct TickerHistory: Sendable {
    private let renames: [Rename]

    package init(_ renames: [Rename]) { self.renames = renames.sorted { $0.on < $1.on } }

    /// The ticker of today (of the last rename known) of the instrument that had `ticker` on `date`.
    package func latest(of ticker: String, on date: SessionDate) -> String {
        renames.reduce(ticker) { name, rename in rename.on > date && rename.from == name ? rename.to : name }
    }

    /// The ticker that an instrument had on a date, from the one that it has after all the renames.
    package func ticker(of latest: String, on date: SessionDate) -> String {
        renames.reversed().reduce(latest) { name, rename in rename.on > date && rename.to == name ? rename.from : name }
    }
}
