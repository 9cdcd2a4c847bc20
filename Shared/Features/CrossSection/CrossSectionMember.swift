/// One member of a session's universe: the values that the cross-section compares.
package struct CrossSectionMember: Sendable {
    /// The member's number in the universe.
    package let member: Int
    package let logReturn, sigma94, return5, return20, momentum, deviation60: Double

    /// - Parameter row: the member's row of this session.
    package init(_ member: Int, _ row: FeatureRow) {
        self.init(
            member, logReturn: row.logReturn, sigma94: row.sigma94, return5: row.crossSectionInput.return5,
            return20: row.crossSectionInput.return20,
            momentum: row.crossSectionInput.momentum, deviation60: row.crossSectionInput.deviation60)
    }

    /// - Parameter extras: the stored `FeatureRow.extras` of this session; nil is returned if their number differs from this version's.
    package init?(_ member: Int, extras: [Double]) {
        guard extras.count == FeatureRow.extrasWidth else { return nil }
        self.init(member) { extras[$0.rawValue] }
    }

    /// The placeholder in unused memory.
    static let none = CrossSectionMember(-1) { _ in .nan }

    /// - Parameter extras: `FeatureRow.extrasWidth` values.
    @inline(__always)
    init(_ member: Int, _ extras: UnsafePointer<Double>) {
        self.init(member) { extras[$0.rawValue] }
    }

    @inline(__always)
    private init(_ member: Int, _ extra: (FeatureRow.Extra) -> Double) {
        self.init(
            member, logReturn: extra(.logReturn), sigma94: extra(.sigma94), return5: extra(.return5), return20: extra(.return20),
            momentum: extra(.momentum), deviation60: extra(.deviation60))
    }

    private init(
        _ member: Int, logReturn: Double, sigma94: Double, return5: Double, return20: Double, momentum: Double, deviation60: Double
    ) {
        self.member = member
        self.logReturn = logReturn
        self.sigma94 = sigma94
        self.return5 = return5
        self.return20 = return20
        self.momentum = momentum
        self.deviation60 = deviation60
    }
}
