package import Market
package import Postgres

/// Every model family as of an instant and the part it plays. All families forecast all the time, so that each has a live record.
package struct ModelLineup: Sendable {
    package enum Role: String, Sendable, Hashable, Comparable, CaseIterable {
        /// What is shown.
        case champion
        /// What a learned model must not be worse than, and what is gone back to.
        case floor
        case challenger
        /// What every forecast is shown beside.
        case baseline

        package static func < (left: Role, right: Role) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    package struct Member: Sendable {
        package let family: String
        package let role: Role
        /// Not empty; the first one serves unless its artifact is refused. The champion's begin with the promoted one.
        package let fits: [ModelVersion]
    }

    /// By role, then by family.
    package let members: [Member]
    package let champion: Member
    package let baseline: Member

    package subscript(family: String) -> Member? { members.first { $0.family == family } }
    package func members(_ role: Role) -> [Member] { members.filter { $0.role == role } }

    /// nil without a champion or a baseline.
    init?(_ models: [ModelVersion], champion: ModelVersion, floor: String, baseline: String) {
        var fits = Dictionary(grouping: models, by: \.family)
        fits[champion.family] = [champion] + (fits[champion.family] ?? []).filter { $0.id != champion.id }
        let members = fits.map { family, fits in
            let role: Role =
                switch family {
                case champion.family: .champion
                case baseline: .baseline
                case floor: .floor
                default: .challenger
                }
            return Member(family: family, role: role, fits: fits)
        }.sorted { ($0.role, $0.family) < ($1.role, $1.family) }
        guard let walk = members.first(where: { $0.family == baseline }), let first = members.first, first.role == .champion else {
            return nil
        }
        self.members = members
        self.champion = first
        self.baseline = walk
    }
}

extension ModelRegistry {
    /// The last three fits of every family that reads these features, and who is who.
    ///
    /// - Parameters:
    ///   - floor: the family that plays this part while it is not the champion.
    ///   - baseline: the family of the random walk.
    package func lineup(asOf: Instant, featureVersion: String, floor: String, baseline: String) async throws(PostgresError) -> ModelLineup?
    {
        guard let champion = try await Promotions(database).champion(asOf: asOf) else { return nil }
        let models = try await database.query(
            """
            SELECT \(ModelVersion.columns) FROM (
                SELECT *, row_number() OVER (PARTITION BY kind ORDER BY as_of DESC, ordinal DESC, id DESC) AS place FROM models
                WHERE as_of <= $1 AND feature_version = $2
            ) m WHERE place <= 3 ORDER BY kind, place
            """, [asOf, featureVersion]
        ).all(ModelVersion.init)
        return ModelLineup(models, champion: champion, floor: floor, baseline: baseline)
    }
}
