package import Market

/// Selects the versions of rows that a read returns: the versions visible at an instant, in one of two senses.
package struct AsOf: Hashable, Sendable {
    package enum Sense: Hashable, Sendable {
        /// The versions that this system knew: `known_at`.
        case recorded
        /// The versions that were publicly available: first versions by `available_at` (session close plus the provider's delay),
        /// corrections by `known_at`.
        case available
    }

    package let sense: Sense
    package let instant: Instant

    package static func recorded(_ instant: Instant) -> AsOf { AsOf(sense: .recorded, instant: instant) }
    package static func available(_ instant: Instant) -> AsOf { AsOf(sense: .available, instant: instant) }

    /// The column that is compared with the instant.
    var column: String { sense == .recorded ? "known_at" : "available_at" }
}
