import Glibc

extension Double {
    /// The double nearest to the number rounded to `digits` significant decimal digits (1 to 17), half away from zero.
    ///
    /// Zero, infinities and NaN are returned unchanged.
    package func rounded(toSignificantDigits digits: Int) -> Double {
        guard isFinite, self != 0 else { return self }
        return rounded(toDecimals: digits - 1 - (Int(checked: log10(magnitude).rounded(.down)) ?? 0))
    }

    /// The double nearest to the number rounded to `decimals` decimal places, half away from zero; -2 rounds to hundreds.
    ///
    /// A number that has no digits beyond these places, infinities and NaN are returned unchanged, and so is any number for more than 44 places
    /// and for multiples of more than 10²².
    package func rounded(toDecimals decimals: Int) -> Double {
        let powers = DecimalText.powers
        // Powers of ten up to 10²² and whole numbers up to 2⁵³ are exact, so the last division or product rounds once.
        switch decimals {
        case ..<(-22): return self
        case ..<0: return (self / powers[-decimals]).rounded() * powers[-decimals]
        case ...22:
            let scaled = self * powers[decimals]
            return scaled.magnitude < 0x1p53 ? scaled.rounded() / powers[decimals] : self
        case ...44:
            let scaled = self * powers[22] * powers[decimals - 22]
            guard scaled.magnitude < 0x1p53 else { return self }
            return Int64(checked: scaled.rounded()).flatMap { Double("\($0)e-\(decimals)") } ?? self
        default: return self
        }
    }
}
