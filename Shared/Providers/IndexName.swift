/// A well-known index and the symbol that each provider has for it.
struct IndexName: Sendable {
    /// The canonical root without `^`, such as `GSPC`.
    let root: String
    /// Other roots in use, such as `SPX` for `^SPX`.
    let aliases: [String]
    /// The symbol by provider; a provider that is not known to have the index is missing.
    let names: [String: String]

    /// The index of a root or an alias, in capitals; nil for one that is not in the table.
    static func called(_ root: String) -> IndexName? { all.first { $0.root == root || $0.aliases.contains(root) } }

    /// The index that a provider means by its own symbol, in capitals.
    static func named(_ symbol: String, by provider: String) -> IndexName? { all.first { $0.names[provider]?.uppercased() == symbol } }

    private init(_ root: String, _ aliases: [String], polygon: String? = nil, twelveData: String? = nil, stooq: String? = nil) {
        self.root = root
        self.aliases = aliases
        var names = ["yahoo": "^" + root, "finnhub": "^" + root]
        names["polygon"] = polygon
        names["twelvedata"] = twelveData
        names["stooq"] = stooq
        self.names = names
    }

    private static let all = [
        IndexName("GSPC", ["SPX", "INX", "SP500"], polygon: "I:SPX", twelveData: "SPX", stooq: "^spx"),
        IndexName("DJI", ["DJIA", "INDU"], polygon: "I:DJI", twelveData: "DJI", stooq: "^dji"),
        IndexName("IXIC", ["COMP", "CCMP", "NDQ"], polygon: "I:COMP", twelveData: "IXIC", stooq: "^ndq"),
        IndexName("NDX", ["NASDAQ100"], polygon: "I:NDX", twelveData: "NDX", stooq: "^ndx"),
        IndexName("RUT", ["RTY"], polygon: "I:RUT", twelveData: "RUT"),
        IndexName("VIX", [], polygon: "I:VIX", twelveData: "VIX"),
        IndexName("FTSE", ["UKX", "FTSE100"], twelveData: "FTSE", stooq: "^ukx"),
        IndexName("GDAXI", ["DAX", "DAX40"], twelveData: "GDAXI", stooq: "^dax"),
        IndexName("N225", ["NKX", "NI225", "NKY"], twelveData: "N225", stooq: "^nkx"),
        IndexName("HSI", [], twelveData: "HSI", stooq: "^hsi"),
        IndexName("STOXX50E", ["SX5E"], twelveData: "STOXX50E"),
        IndexName("FCHI", ["CAC", "CAC40", "PX1"], twelveData: "FCHI", stooq: "^cac"),
    ]
}
