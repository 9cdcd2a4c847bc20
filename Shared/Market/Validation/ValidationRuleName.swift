/// The names of the data-quality rules, and of the parsers' own. They are stored in the quarantine table, shown by the API and never change.
package enum ValidationRuleName {
    /// A field is missing or null.
    package static let nullField = "null-field"
    /// A field is infinite or NaN.
    package static let notFinite = "not-finite"
    package static let nonPositivePrice = "non-positive-price"
    /// A price is too small or too large to be one (`Price.range`), as the provider sent it or after its conversion to as traded.
    package static let priceOutOfRange = "price-out-of-range"
    package static let negativeVolume = "negative-volume"
    /// Open or close lies outside the range from low to high.
    package static let priceOrder = "ohlc-order"
    /// The exchange's calendar has no session on that date.
    package static let notASession = "not-a-session"
    package static let duplicateSession = "duplicate-session"
    /// Sessions of the calendar between two bars have no bar.
    package static let missingSession = "missing-session"
    /// A price is a hundred times too high or too low against the bars around it: pence for pounds, or pounds for pence.
    package static let unitError = "unit-error"
    /// The price of a single session lies far from the sessions before and after it.
    package static let singleSessionSpike = "single-session-spike"
    /// The price opens at another level and stays there, as after a split or spin-off that no provider reported.
    package static let splitWithoutEvent = "split-without-event"
    /// The return is many robust deviations, in a session whose volume shows no news.
    package static let unexplainedReturn = "unexplained-return"
    /// A provider reported a split, but the price did not move.
    package static let eventWithoutSplit = "event-without-split"
    /// The price moved in a session without volume.
    package static let zeroVolume = "zero-volume"
    /// The prices and the volume repeat those of the previous session.
    package static let staleRepeat = "stale-repeat"
    /// An operator's decision about a session, see `ManualOverride` in Providers.
    package static let manualOverride = "manual-override"

    // The rules of the providers' parsers.

    /// A row has no readable date, or no readable time stamp.
    package static let badDate = "bad-date", badTimeStamp = "bad-time-stamp"
    /// A corporate action has no date, or figures that are impossible.
    package static let badSplit = "bad-split", badDividend = "bad-dividend", badCapitalGain = "bad-capital-gain"
    /// An action of a kind that prices cannot be adjusted for, such as a merger.
    package static let unsupportedAction = "unsupported-action"
    /// A parser returned actions that do not apply, see `DataProvider.bringsOwnActions`.
    package static let unusedActions = "unused-actions"
    /// The action repeats another one.
    package static let duplicateAction = "duplicate-action"
    /// A dividend is paid in another currency than the prices are in.
    package static let dividendCurrency = "dividend-currency"
    /// A dividend is in major units beside prices in minor units.
    package static let dividendUnit = "dividend-unit"
    /// A dividend includes the capital gain of its day.
    package static let dividendWithGain = "dividend-with-gain"
    /// The rows before a split are not adjusted for it, unlike the others of the response.
    package static let splitNotAdjusted = "split-not-adjusted"
    /// A row lacks the as-traded prices that the others have.
    package static let notAsTraded = "not-as-traded"
    /// A whole response lacks a column, such as the volumes of an index.
    package static let absentColumn = "absent-column"
    /// The name of the exchange's time zone is not known.
    package static let unknownZone = "unknown-zone"

    /// The rules that check a stored bar again whenever the bars around it change. The other rules check a bar when it arrives.
    package static let seriesRules: Set = [
        missingSession, singleSessionSpike, splitWithoutEvent, unexplainedReturn, zeroVolume, staleRepeat,
    ]

    /// The rules that quarantine the last bar of a series until the next bar confirms or refutes it.
    static let awaitingNextSession: Set = [splitWithoutEvent, unexplainedReturn]
}
