import Formats
import Glibc

/// The rows of one instrument with all five values, in session order, as columns, with the statistics that the series rules need.
struct ValidationSeries {
    private(set) var ordinals: [Int] = []
    private(set) var sessions: [SessionDate] = []
    var open: [Double] = []
    var high: [Double] = []
    var low: [Double] = []
    var close: [Double] = []
    private(set) var volume: [Double] = []
    /// Per row: new shares per old share by the reported splits since the previous row; 1 without a split.
    var split: [Double]
    /// Per row: dividends since the previous row, per share before the row's split.
    private(set) var dividend: [Double]

    init(_ rows: [(ordinal: Int, row: RawBar)], actions: [CorporateAction]) {
        for (ordinal, row) in rows {
            guard let open = row.open, let high = row.high, let low = row.low, let close = row.close, let volume = row.volume else {
                continue
            }
            ordinals.append(ordinal)
            sessions.append(row.session)
            self.open.append(open)
            self.high.append(high)
            self.low.append(low)
            self.close.append(close)
            self.volume.append(volume)
        }
        split = [Double](repeating: 1, count: ordinals.count)
        dividend = [Double](repeating: 0, count: ordinals.count)
        for action in actions {
            guard let index = index(onOrAfter: action.exDate), index > 0 else { continue }
            switch action.kind {
            case .split(let new, let old): split[index] *= new / old
            case .dividend(let amount): dividend[index] += amount.double
            }
        }
    }

    var count: Int { ordinals.count }

    func index(onOrAfter date: SessionDate) -> Int? {
        var (low, high) = (0, sessions.count)
        while low < high {
            let middle = (low + high) / 2
            if sessions[middle] < date { low = middle + 1 } else { high = middle }
        }
        return low < sessions.count ? low : nil
    }

    /// The log total return from the close of an earlier row to a price of a later row.
    func move(of price: [Double], at index: Int, since earlier: Int) -> Double {
        var (shares, cash) = (1.0, 0.0)
        for row in (earlier + 1)...index {
            cash += shares * dividend[row]
            shares *= split[row]
        }
        return log((price[index] * shares + cash) / close[earlier])
    }

    /// The robust deviation of the log returns around a row: 1.4826 × the median absolute log return within `window` rows.
    ///
    /// The returns into and out of the row are left out. nil for fewer than `least` returns.
    func deviation(around index: Int, window: Int, least: Int = 0) -> Double? {
        var moves: [Double] = []
        for other in max(1, index - window)...min(count - 1, index + window) where other != index && other != index + 1 {
            moves.append(abs(log(close[other] * split[other] / close[other - 1])))
        }
        guard moves.count >= least else { return nil }
        return max(1e-4, 1.4826 * (ValidationSeries.median(moves) ?? 0))
    }

    /// The volume of a row relative to the median volume of the rows before it.
    func relativeVolume(at index: Int, window: Int) -> Double {
        guard let usual = ValidationSeries.median(Array(volume[max(0, index - window)..<index])), usual > 0 else { return 1 }
        return volume[index] / usual
    }

    /// The tick size: the coarsest step (1, 2 or 5 times a power of ten, from the median close down to a ten-thousandth of it) of which 95 % of
    /// the closes are multiples; 0 without one, as in adjusted prices.
    var tick: Double {
        guard let median = ValidationSeries.median(close), median > 0 else { return 0 }
        let coarsest = Int(checked: log10(median).rounded(.down)) ?? 0
        for exponent in stride(from: coarsest, through: coarsest - 4, by: -1) {
            for digit in [5.0, 2, 1] {
                let step = digit * pow(10, Double(exponent))
                let whole = close.count { $0 > step / 2 && abs($0 / step - ($0 / step).rounded()) < 1e-6 }
                if whole * 20 >= close.count * 19 { return step }
            }
        }
        return 0
    }

    static func median(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
}
