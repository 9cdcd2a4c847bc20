import Formats

/// A price in units of 10⁻⁸ of its currency. It is exact: equal prices compare and hash equal.
package struct Price: Hashable, Sendable {
    /// Units of 10⁻⁸.
    package let units: Int64

    package init(units: Int64) { self.units = units }

    /// The price nearest to a number. Numbers beyond ±9.2·10¹⁰ become the largest or smallest price, NaN becomes zero.
    package init(_ double: Double) {
        let scaled = (double * 1e8).rounded(.toNearestOrEven)
        units = scaled.isNaN ? 0 : scaled >= 9.2e18 ? .max : scaled <= -9.2e18 ? .min : Int64(checked: scaled) ?? 0
    }

    /// The price as a number in units of its currency, rounded to the nearest double.
    package var double: Double { Double(units) / 1e8 }

    /// The nearest multiple of `tick`, half away from zero; unchanged when `tick` is not positive.
    package func rounded(toTick tick: Price) -> Price {
        guard tick.units > 0 else { return self }
        let half = tick.units / 2
        let shifted = units >= 0 ? units + half : units - half
        return Price(units: shifted / tick.units * tick.units)
    }
}

extension Price: Comparable {
    package static func < (left: Price, right: Price) -> Bool { left.units < right.units }
}

extension Price: CustomStringConvertible {
    /// Decimal text without trailing zeros, such as `411.23`.
    package var description: String {
        let magnitude = units.magnitude
        var text = (units < 0 ? "-" : "") + String(magnitude / 100_000_000)
        var fraction = DecimalText.padded(Int(truncatingIfNeeded: magnitude % 100_000_000), to: 8)
        while fraction.last == "0" { fraction.removeLast() }
        if !fraction.isEmpty { text += "." + fraction }
        return text
    }
}
