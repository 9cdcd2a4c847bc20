/// The rules of every exchange that has a calendar, as text (`ExchangeRules` tells the form). The files beside this one hold it by region.
///
/// Holidays that follow the moon or a government's yearly notice are dated, as far ahead as they are known (`KNOWN`).
enum ExchangeTable {
    private static let regions = [americas, westernEurope, europe, eastAsia, pacific, asia, worldwide]

    static let mics = regions.flatMap { ExchangeRules.names(in: $0) }.sorted()

    /// nil for an unknown exchange.
    static func rules(mic: String) -> ExchangeRules? {
        for region in regions {
            if let rules = ExchangeRules(mic: mic, in: region) { return rules }
        }
        return nil
    }
}
