/// The model families as of an instant, each with its role. All families forecast every evening, so that each has live scores.
package struct ModelLineup: Sendable {
    /// Versions of a family that may serve: an older one does when a newer one's artifact is missing or damaged.
    package static let versionsPerFamily = 3

    /// A model family's part in forecasting.
    package enum Role: String, Sendable, Hashable, Comparable, CaseIterable {
        /// The family whose forecasts are served.
        case champion
        /// The family that a champion must not be worse than, and that a rollback promotes.
        case fallback
        case challenger
        /// The random walk, beside which every forecast is shown.
        case baseline

        /// In the order of the cases.
        package static func < (left: Role, right: Role) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// A model family with its role and the versions that may serve.
    package struct Member: Sendable {
        package let family: String
        package let role: Role
        /// Not empty; the first version with a readable artifact serves. The champion's begin with the promoted one.
        package let versions: [ModelVersion]

        /// The version that serves.
        package var current: ModelVersion { versions[0] }

        /// - Parameter versions: of the family, latest first.
        init(family: String, role: Role, versions: [ModelVersion]) {
            self.family = family
            self.role = role
            self.versions = Array(versions.prefix(versionsPerFamily))
        }

        /// The champion's family.
        ///
        /// - Parameter versions: of that family, latest first, with or without the promoted one.
        init(champion: ModelVersion, versions: [ModelVersion]) {
            family = champion.family
            role = .champion
            self.versions = [champion] + versions.prefix(versionsPerFamily).filter { $0.id != champion.id }
        }
    }

    /// By role, then by family.
    package let members: [Member]
    package let champion: Member
    package let baseline: Member

    /// The member of a family; nil when it has no version.
    package subscript(family: String) -> Member? { members.first { $0.family == family } }
    /// The families with a role.
    package func members(_ role: Role) -> [Member] { members.filter { $0.role == role } }

    /// nil without a version of the baseline.
    ///
    /// - Parameter versions: latest first within a family.
    init?(_ versions: [ModelVersion], champion: ModelVersion, fallback: String, baseline: String) {
        var families = Dictionary(grouping: versions, by: \.family)
        let first = Member(champion: champion, versions: families.removeValue(forKey: champion.family) ?? [])
        let others = families.map { family, versions in
            let role: Role = family == baseline ? .baseline : family == fallback ? .fallback : .challenger
            return Member(family: family, role: role, versions: versions)
        }.sorted { ($0.role, $0.family) < ($1.role, $1.family) }
        guard let walk = ([first] + others).first(where: { $0.family == baseline }) else { return nil }
        members = [first] + others
        self.champion = first
        self.baseline = walk
    }
}
