package import Market

/// The data of a training: histories, and the last session whose prices were known.
///
/// Purge: a row is a training row only when the return over the longest horizon after it ends at or before `cut`, so no label reaches
/// past the cut. Embargo: if a validation block measures the model, the labels of the training rows end `embargo` sessions before the block.
package struct TrainingSet: Sendable {
    /// The histories of all instruments.
    package let histories: [History]
    /// Labels end at or before this session.
    package let cut: SessionDate

    package init(histories: [History], cut: SessionDate) {
        self.histories = histories
        self.cut = cut
    }

    /// Sessions between the end of the last training label and the first validation row.
    package static let embargo = 20

    /// Rows of one history whose every label ends at or before `end`, from the first row on or after `start`.
    ///
    /// The range is empty without such rows. It may contain rows without a volatility, which the model skips.
    package func rows(of history: History, from start: SessionDate? = nil, labelsEndingBy end: SessionDate? = nil) -> Range<Int> {
        guard let last = history.index(atOrBefore: end.map { min($0, cut) } ?? cut) else { return 0..<0 }
        let first = start.map { (history.index(atOrBefore: $0.advanced(by: -1)) ?? -1) + 1 } ?? 0
        let stop = last - Quantiles.longestHorizon + 1
        return first < stop ? first..<stop : 0..<0
    }

    /// Sessions at or before the cut on which at least half of the instruments listed then have a row, ascending. Rows after the cut do not count.
    package func sessions() -> [SessionDate] {
        CommonSessions.of(histories.map { history in history.sessions[..<(history.index(atOrBefore: cut).map { $0 + 1 } ?? 0)] })
    }
}
