package import Market
package import Postgres

/// A monthly review of a model family, or its failed training.
package struct ModelEvaluation: Hashable, Sendable {
    /// The occasion of an evaluation.
    package enum Subject: String, Sendable, Hashable {
        /// A comparison of the champion with every challenger: one evaluation per family.
        case review
        /// A training that ended without a model version.
        case training
    }

    /// The result of an evaluation.
    package enum Decision: String, Sendable, Hashable {
        /// A challenger became the champion.
        case promoted
        /// A challenger remained a challenger.
        case notPromoted = "not_promoted"
        /// A challenger replaced the champion.
        case replaced
        /// The champion remained the champion.
        case confirmed
        /// The training failed.
        case failed
    }

    package let subject: Subject
    package let family: String
    package let asOf: Instant
    package let decision: Decision
    /// The evidence of the evaluation as JSON text, in Postgres' spacing and order.
    package let evidence: String

    package init(_ subject: Subject, family: String, asOf: Instant, decision: Decision, evidence: String) {
        self.subject = subject
        self.family = family
        self.asOf = asOf
        self.decision = decision
        self.evidence = evidence
    }
}

/// The table of reviews and failed trainings. Rows are inserted and never changed.
package struct Evaluations: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Stores an evaluation; if one of the same subject, family and instant is stored, nothing changes.
    package func store(_ evaluation: ModelEvaluation) async throws(PostgresError) {
        // A family without a version can have a failed training only.
        if evaluation.subject == .training { try await ModelRegistry(database).register(family: evaluation.family) }
        try await database.execute(
            """
            INSERT INTO evaluations (subject, family, as_of, decision, evidence)
            VALUES ($1, \(ModelRegistry.familyNumber("$2")), $3, $4, $5::text::jsonb) ON CONFLICT DO NOTHING
            """,
            [evaluation.subject.rawValue, evaluation.family, evaluation.asOf, evaluation.decision.rawValue, evaluation.evidence])
    }

    /// Whether a review as of exactly this instant is stored.
    package func isReviewed(asOf: Instant) async throws(PostgresError) -> Bool {
        try await database.query("SELECT 1 FROM evaluations WHERE subject = 'review' AND as_of = $1 LIMIT 1", [asOf]).first != nil
    }

    /// The evaluations up to an instant, latest first.
    package func list(asOf: Instant, limit: Int = 100) async throws(PostgresError) -> [ModelEvaluation] {
        try await database.query(
            """
            SELECT e.subject, f.name AS family, e.as_of, e.decision, e.evidence FROM evaluations e JOIN model_families f ON f.number = e.family
            WHERE e.as_of <= $1 ORDER BY e.as_of DESC, f.name, e.subject LIMIT $2
            """, [asOf, limit]
        ).all { row throws(PostgresError) in
            ModelEvaluation(
                ModelEvaluation.Subject(rawValue: try row["subject"]) ?? .review, family: try row["family"], asOf: try row["as_of"],
                decision: ModelEvaluation.Decision(rawValue: try row["decision"]) ?? .failed, evidence: try row["evidence"])
        }
    }
}
