extension ProviderCatalog {
    /// Whether an answer without an action says that there is none.
    package static func reportsActions(_ provider: String, kind: String) -> Bool {
        kind != OperatorWord.kind && self.provider(named: provider, kind: kind)?.reportsActions ?? false
    }

    /// The providers whose answers about an instrument never name actions: of those that gave answers of these kinds, and of an order.
    package static func silent(kinds: [(provider: String, kind: String)], order: [String]) -> Set<String> {
        let speaking = kinds.filter { reportsActions($0.provider, kind: $0.kind) }.map(\.provider)
        return Set(kinds.map(\.provider) + order).subtracting(speaking)
    }
}
