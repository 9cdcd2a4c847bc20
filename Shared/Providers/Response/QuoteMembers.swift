import Formats
import Market

/// The JSON members that hold the prices and the volume of a quote.
struct QuoteMembers {
    /// The members that may hold the latest price, in order of precedence.
    let price: [String]
    let open, high, low, previousClose: String
    var volume: String?
}

extension Quote {
    /// Parses the prices and the volume of a quote; nil without a latest price. A number that is no price counts as missing.
    init?(_ json: JSONView, _ members: QuoteMembers, unit: CurrencyUnit = CurrencyUnit(label: nil)) {
        let price = { (name: String) in json[name]?.number.flatMap { Price($0) }.flatMap { unit.inMajorUnits($0) } }
        guard let last = members.price.lazy.compactMap(price).first else { return nil }
        self.init(price: last)
        (open, high, low, previousClose) = (price(members.open), price(members.high), price(members.low), price(members.previousClose))
        volume = members.volume.flatMap { json[$0]?.number }
    }
}
