/// How far ahead forecasts look.
package enum Horizon {
    /// All horizons in sessions, ascending. The checks of the tables `baselines`, `forecasts` and `scores` say the same.
    package static let all = [1, 5, 20]
}
