import Formats

/// A split or a dividend of one instrument.
package struct CorporateAction: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// `numerator` new shares for `denominator` old ones, in force at the open of the ex-date.
        case split(numerator: Double, denominator: Double)
        /// Cash per share held before the ex-date, as traded: a later split does not change it.
        case dividend(Price)

        /// The figures and the quotient of a possible split. Redenominations of a currency, which providers list as splits, reach 10¹².
        package static let splitRange = 1e-12...1e12

        /// A split of `numerator` new shares for `denominator` old ones; nil unless both figures and their quotient lie in `splitRange`.
        package static func possibleSplit(_ numerator: Double, for denominator: Double) -> Kind? {
            guard [numerator, denominator, numerator / denominator].allSatisfy(splitRange.contains) else { return nil }
            return .split(numerator: numerator, denominator: denominator)
        }

        /// Both actions as one; nil for a split and a dividend, and where the result is impossible.
        fileprivate func adding(_ other: Kind) -> Kind? {
            switch (self, other) {
            case (.split(let new, let old), .split(let moreNew, let moreOld)): Kind.possibleSplit(new * moreNew, for: old * moreOld)
            case (.dividend(let left), .dividend(let right)):
                Price((left.double + right.double).rounded(toSignificantDigits: 15)).map { .dividend($0) }
            default: nil
            }
        }
    }

    /// The event behind the action, if the provider reports it. Adjustment depends on `kind` alone.
    package enum Nature: String, Hashable, Sendable, Codable {
        case ordinary
        /// A dividend outside the regular schedule.
        case special
        /// Holders received shares of another company; recorded as a dividend of their value, or as a split by the ratio of the price drop.
        case spinOff = "spin-off"
        /// A dividend paid in shares of the same company; recorded as a split.
        case stockDividend = "stock-dividend"
        case capitalGain = "capital-gain"
        /// Inferred from the price level: no provider reported it.
        case inferred
    }

    /// The first session that trades without the right to the shares or the cash.
    package let exDate: SessionDate
    package let kind: Kind
    package let nature: Nature

    /// One action for each ex-date and kind: dividends of one day are added, splits multiplied. It has the nature of the first one that is
    /// not ordinary. Actions whose sum or product is impossible are `refused`.
    package static func combined(_ actions: [CorporateAction]) -> (actions: [CorporateAction], refused: [CorporateAction]) {
        var result: (actions: [CorporateAction], refused: [CorporateAction]) = ([], [])
        var places: [Bool: [SessionDate: Int]] = [:]
        for action in actions {
            guard let place = places[action.isSplit]?[action.exDate] else {
                places[action.isSplit, default: [:]][action.exDate] = result.actions.count
                result.actions.append(action)
                continue
            }
            let earlier = result.actions[place]
            guard let kind = earlier.kind.adding(action.kind) else {
                result.refused.append(action)
                continue
            }
            result.actions[place] = CorporateAction(
                exDate: action.exDate, kind: kind, nature: earlier.nature == .ordinary ? action.nature : earlier.nature)
        }
        return result
    }

    package var isSplit: Bool {
        if case .split = kind { true } else { false }
    }

    package init(exDate: SessionDate, kind: Kind, nature: Nature = .ordinary) {
        self.exDate = exDate
        self.kind = kind
        self.nature = nature
    }
}
