/// What the cross-section of a session needs of one member that is in it.
package struct CrossSectionMember: Sendable {
    /// The member's number in the universe.
    package let member: Int
    package let logReturn, sigma94, return5, return20, momentum, deviation60: Double

    /// - Parameter row: of this session.
    package init(_ member: Int, _ row: FeatureRow) {
        self.init(
            member, logReturn: row.logReturn, sigma94: row.sigma94, return5: row.crossInput.return5, return20: row.crossInput.return20,
            momentum: row.crossInput.momentum, deviation60: row.crossInput.deviation60)
    }

    /// - Parameter extras: a row's of this session, as they are stored; nil when their number is not this version's.
    package init?(_ member: Int, extras: [Double]) {
        guard extras.count == FeatureRow.extrasWidth else { return nil }
        self.init(
            member, logReturn: extras[0], sigma94: extras[1], return5: extras[4], return20: extras[5], momentum: extras[6],
            deviation60: extras[7])
    }

    /// Of nobody: what memory holds before it is written.
    static let none = CrossSectionMember(
        -1, logReturn: .nan, sigma94: .nan, return5: .nan, return20: .nan, momentum: .nan, deviation60: .nan)

    /// - Parameter extras: `FeatureRow.extrasWidth` of them.
    @inline(__always)
    init(_ member: Int, _ extras: UnsafePointer<Double>) {
        self.init(
            member, logReturn: extras[0], sigma94: extras[1], return5: extras[4], return20: extras[5], momentum: extras[6],
            deviation60: extras[7])
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
