/// What happened to a share between two closes.
package struct CorporateAction: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// `numerator` new shares for `denominator` old ones, in force at the open of the ex-date.
        case split(numerator: Double, denominator: Double)
        /// Cash for one share as it was held before the ex-date, as traded (a later split does not change it).
        case dividend(Price)
    }

    /// The first session that trades without the right.
    package let exDate: SessionDate
    package let kind: Kind

    package init(exDate: SessionDate, kind: Kind) {
        self.exDate = exDate
        self.kind = kind
    }
}
