import Market

/// The finished sessions of a series at one moment, adjusted by the splits and dividends before it.
struct AdjustedSeries {
    /// One session in the chart.
    struct Row {
        /// Unix seconds of the session's open.
        let opens: Int64
        let open, high, low, close, volume: Double
        /// The close adjusted by later dividends, by Yahoo's rule: each multiplies it by 1 − amount ÷ the close before the ex-date.
        let adjustedClose: Double
    }
    /// A split or dividend in the chart.
    struct Event {
        let opens: Int64
        let kind: CorporateAction.Kind
        /// The product of later split ratios.
        let laterShares: Double
    }

    /// Oldest first, all before `moment`.
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

/// The open and close of an exchange's sessions in Unix seconds.
struct SessionHours: Sendable {
    let calendar: TradingCalendar

    func opens(_ session: SessionDate) -> Int64 { calendar.open(of: session).seconds }
    func closes(_ session: SessionDate) -> Int64 { calendar.close(of: session).seconds }
}
