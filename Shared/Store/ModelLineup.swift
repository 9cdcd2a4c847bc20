/// The model families as of an instant, each with its role. All families forecast every evening, so that each has live scores.
package struct ModelLineup: Sendable {
    /// The number of a family's versions that may serve. An older version serves if the artifact of a newer one is missing or damaged.
    package static let versionsPerFamily = 3

    /// A model family's part in forecasting.
    package enum Role: String, Sendable, Hashable, Comparable, CaseIterable {
        /// The family whose forecasts are served.
        case champion
        /// The family that a rollback promotes; a new champion must not be worse.
        case fallback
        case challenger
        /// The random walk, with which every forecast is compared.
        case baseline

        /// Orders roles as the cases are listed.
        package static func < (left: Role, right: Role) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// A model family with its role and the versions that may serve.
    package struct Member: Sendable {
        package let family: String
        package let role: Role
        /// The versions that may serve, never empty; the first version with a readable artifact serves. The champion's first version is the
        /// promoted one.
        package let versions: [ModelVersion]

        /// The version that serves.
        package var current: ModelVersion { versions[0] }

        /// - Parameter versions: the family's versions, latest first.
        init(family: String, role: Role, versions: [ModelVersion]) {
            self.family = family
            self.role = role
            self.versions = Array(versions.prefix(versionsPerFamily))
        }

        /// The champion's family.
        ///
        /// - Parameter versions: the champion's family's versions, latest first, with or without the promoted one.
        init(champion: ModelVersion, versions: [ModelVersion]) {
            family = champion.family
            role = .champion
            self.versions = [champion] + versions.prefix(versionsPerFamily).filter { $0.id != champion.id }
        }
    }

    /// The members, ordered by role, then by family.
    package let members: [Member]
    package let champion: Member
    package let baseline: Member

    /// The member of a family; nil for a family without a version.
    package subscript(family: String) -> Member? { members.first { $0.family == family } }
    /// The families with a role.
    package func members(_ role: Role) -> [Member] { members.filter { $0.role == role } }

    /// Makes the lineup; nil without a version of the baseline.
    ///
    /// - Parameter versions: the versions of all families, latest first within a family.
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
