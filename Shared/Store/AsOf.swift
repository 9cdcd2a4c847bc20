package import Market

/// What a read may see: the versions that were visible at an instant, and in which sense.
package struct AsOf: Hashable, Sendable {
    package enum Sense: Hashable, Sendable {
        /// What the system itself knew: `known_at`.
        case recorded
        /// What could have been known: first versions by `available_at` (session close and the provider's lag), corrections by `known_at`.
        case available
    }

    package let sense: Sense
    package let instant: Instant

    package static func recorded(_ instant: Instant) -> AsOf { AsOf(sense: .recorded, instant: instant) }
    package static func available(_ instant: Instant) -> AsOf { AsOf(sense: .available, instant: instant) }

    /// The column that decides.
    var column: String { sense == .recorded ? "known_at" : "available_at" }
}
