import Market

/// A series as it looked at one moment: the rows that were final, adjusted by the splits and dividends that had happened.
struct AdjustedSeries {
    struct Row {
        /// Unix seconds of the session's open.
        let opens: Int64
        let open, high, low, close, volume: Double
        /// Close less later dividends, by Yahoo's rule: each takes 1 − amount ÷ the close before it.
        let adjustedClose: Double
    }
    struct Event {
        let opens: Int64
        let kind: CorporateAction.Kind
        /// Shares that one share of the ex-date has become by later splits.
        let laterShares: Double
    }

    /// Oldest first, all of them before `moment`.
    let rows: [Row]
    let events: [Event]

    init(_ series: SampleSeries, hours: SessionHours, moment: Int64) {
        var events: [Event] = []
        var rows: [Row] = []
        var shares = 1.0
        var dividends = 1.0
        var actions = series.actions[...]
        while let last = actions.last, hours.opens(last.exDate) >= moment { actions.removeLast() }
        for bar in series.bars.reversed() {
            while let action = actions.last, action.exDate > bar.session {
                actions.removeLast()
                events.append(Event(opens: hours.opens(action.exDate), kind: action.kind, laterShares: shares))
                switch action.kind {
                case .split(let numerator, let denominator): shares *= numerator / denominator
                case .dividend(let amount): dividends *= 1 - amount.double / bar.close.double
                }
            }
            guard hours.closes(bar.session) <= moment else { continue }
            rows.append(
                Row(
                    opens: hours.opens(bar.session), open: bar.open.double / shares, high: bar.high.double / shares,
                    low: bar.low.double / shares, close: bar.close.double / shares, volume: (bar.volume * shares).rounded(),
                    adjustedClose: bar.close.double / shares * dividends))
        }
        self.rows = rows.reversed()
        self.events = events.reversed()
    }
}
