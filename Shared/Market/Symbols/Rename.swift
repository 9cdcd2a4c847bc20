/// A ticker that became another one, for one and the same instrument.
package struct Rename: Hashable, Sendable {
    /// The first session under the new ticker.
    package let on: SessionDate
    package let from, to: String

    package init(on: SessionDate, from: String, to: String) {
        self.on = on
        self.from = from
        self.to = to
    }
}
